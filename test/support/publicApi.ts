import ts from 'typescript';

/** A name that a user can import, and what its doc comment shows. */
export interface PublicValue {
  /** as it is called, e.g. `viz.imageGrid` */
  readonly name: string;
  readonly callable: boolean;
  readonly examples: readonly string[];
}

const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
const program = ts.createProgram(fileNames, { ...options, incremental: false });
const checker = program.getTypeChecker();

/** All values that src/index.ts exports, those of its namespaces included. */
export const publicValues: readonly PublicValue[] = exportsOf('src/index.ts', '');

function exportsOf(file: string, prefix: string): PublicValue[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile) as ts.Symbol;
  return checker.getExportsOfModule(module).flatMap((exported): PublicValue[] => {
    const aliased = exported.flags & ts.SymbolFlags.Alias;
    const symbol = aliased ? checker.getAliasedSymbol(exported) : exported;
    const name = prefix + exported.name;
    const declaration = symbol.valueDeclaration;
    if (!declaration) return []; // a type
    if (symbol.flags & ts.SymbolFlags.ValueModule) return exportsOf(declaration.getSourceFile().fileName, `${name}.`);
    const callable = checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0;
    const tags = symbol.getJsDocTags(checker).filter((tag) => tag.name === 'example');
    return [{ name, callable, examples: tags.map(({ text }) => ts.displayPartsToString(text)) }];
  });
}

/**
 * What the type checker has to say to some code, as strictly as the exan kernel checks cells.
 *
 * @param file where the code would lie, which decides what its relative imports mean
 */
export function typeErrors(file: string, code: string): string[] {
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, language, ...rest) =>
    name === file ? ts.createSourceFile(name, code, language) : getSourceFile.call(host, name, language, ...rest);
  const own = { ...options, incremental: false, noEmit: true, isolatedDeclarations: false, noUnusedLocals: false };
  const checked = ts.createProgram([file], { ...own, declaration: false }, host, program);
  return checked.getSemanticDiagnostics(checked.getSourceFile(file)).map(({ messageText, start = 0 }) => {
    const line = code.slice(code.lastIndexOf('\n', start) + 1).split('\n')[0];
    return `${line?.trim()}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}
