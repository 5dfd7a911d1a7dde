import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

/** The chapters in story order: each imports only from itself and from chapters before it. */
const story = [
  'math',
  'data',
  'model',
  'gradient',
  'exclusivity',
  'reconstruction',
  'verification',
  'baselines',
  'defences',
  'experiments',
  'viz',
  'notebook',
  'report',
  'cli',
];
/**
 * Chapters whose loops run over typed arrays of known length: there an index that is out of range gives NaN, which no
 * certificate lets pass, and `| undefined` at every access would drown the formulas in casts. Everywhere else an indexed
 * access may be undefined, and must say what then.
 */
const numerical = [
  'math',
  'model',
  'gradient',
  'exclusivity',
  'reconstruction',
  'verification',
  'baselines',
  'defences',
];
/** Files of no chapter: shapes, checks and turns are free for all, the index and the browser's stand above all but the command line. */
const free = ['types.ts', 'check.ts', 'nextTurn.ts'];
const entries = ['index.ts', 'browser.ts'];

const src = 'src';
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(sep).join('/'));
const text = new Map(files.map((file) => [file, readFileSync(join(src, file), 'utf8')]));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/** Relative imports and re-exports, `import()` and `require()` included, as paths below src. */
const imports: Import[] = files.flatMap((from) => {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier) || !specifier.text.startsWith('.')) return;
    const path = normalize(join(dirname(from), specifier.text))
      .split(sep)
      .join('/');
    const to = [`${path}.ts`, path === '.' ? 'index.ts' : `${path}/index.ts`].find((file) => text.has(file));
    assert.ok(to, `${from} imports ${specifier.text}, which is no file of src`);
    found.push({ from, to, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    if (ts.isCallExpression(node) && /^(require|import)$/.test(node.expression.getText()))
      add(node.arguments[0], false);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(from, text.get(from) as string, ts.ScriptTarget.ES2022, true));
  return found;
});

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  const named = clause.namedBindings;
  return (
    clause.isTypeOnly ||
    (!clause.name && !!named && ts.isNamedImports(named) && named.elements.every((e) => e.isTypeOnly))
  );
}

const chapter = (file: string): string => (file.includes('/') ? (file.split('/')[0] as string) : file);
const arrows = (wrong: readonly Import[]): string[] => wrong.map(({ from, to }) => `${from} -> ${to}`);

test('the chapters are the folders of src, and the README lists them in the same order', () => {
  const folders = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual([...story].sort(), folders.map(({ name }) => name).sort());
  const told = /tells the story in order:\s+`([^`]+)`/.exec(readFileSync('README.md', 'utf8'))?.[1];
  assert.deepEqual(told?.split(' → '), story);
  assert.deepEqual(
    numerical.filter((name) => !story.includes(name)),
    [],
  );
});

test('every file belongs to a chapter of the story', () => {
  const known = [...story, ...free, ...entries];
  assert.deepEqual(
    files.filter((file) => !known.includes(chapter(file))),
    [],
  );
});

test('a chapter imports only itself and chapters before it', () => {
  const rank = (file: string): number => {
    if (free.includes(file)) return -1;
    return entries.includes(file) ? story.indexOf('cli') - 0.5 : story.indexOf(chapter(file));
  };
  assert.deepEqual(arrows(imports.filter(({ from, to }) => rank(to) > rank(from))), []);
});

test('no file reaches itself through its imports', () => {
  const next = new Map(
    files.map((file) => [file, imports.filter((i) => i.from === file && !i.typeOnly).map((i) => i.to)]),
  );
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    assert.ok(!path.includes(file), `cycle: ${[...path, file].join(' -> ')}`);
    if (done.has(file)) return;
    for (const to of next.get(file) ?? []) walk(to, [...path, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
});

test('no attack, ours or a rival, imports what only the batch can tell: exclusivity/ and data/', () => {
  const attacks = ['reconstruction', 'baselines'];
  const seen = imports.filter(({ from, to }) => attacks.includes(chapter(from)) && /^(exclusivity|data)\//.test(to));
  assert.deepEqual(arrows(seen), []);
});

test('verification shares no code with the attack, types apart', () => {
  const seen = imports.filter(
    (i) => chapter(i.from) === 'verification' && chapter(i.to) === 'reconstruction' && !i.typeOnly,
  );
  assert.deepEqual(arrows(seen), []);
});

test('only notebook/show.ts knows the kernel', () => {
  const knows = files.filter((file) => /exan\.kernel|lastWriteDisplayData/.test(text.get(file) as string));
  assert.deepEqual(knows, ['notebook/show.ts']);
});

test('the site takes the library by its browser entry only', () => {
  const pages = readdirSync('site', { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|mjs)$/.test(file));
  const taken = pages.flatMap((file) =>
    ts
      .preProcessFile(readFileSync(join('site', file), 'utf8'), true, true)
      .importedFiles.map(({ fileName }) => fileName)
      .filter(
        (name) => name.includes('src/') && normalize(join('site', dirname(file), name)) !== join('src', 'browser'),
      ),
  );
  assert.deepEqual(taken, []);
  assert.ok(pages.length > 5);
});

test('nothing in src prints, the command line apart, and what shows a training outside of a notebook', () => {
  const prints = files.filter(
    (file) =>
      chapter(file) !== 'cli' &&
      file !== 'notebook/watchFit.ts' &&
      /\bconsole\.|process\.std(out|err)/.test(text.get(file) as string),
  );
  assert.deepEqual(prints, []);
});

test('outside the numerical chapters an indexed access is taken for possibly undefined', () => {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
  const program = ts.createProgram(fileNames, { ...options, noUncheckedIndexedAccess: true, incremental: false });
  const strict = program.getSourceFiles().filter(({ fileName }) => {
    const own = relative(src, fileName).split(sep).join('/');
    return files.includes(own) && !numerical.includes(chapter(own));
  });
  assert.ok(strict.length > 50);
  const found = strict.flatMap((file) =>
    program
      .getSemanticDiagnostics(file)
      .map(({ messageText }) => `${file.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`),
  );
  assert.deepEqual(found, []);
});

test('no function is longer than 60 lines or takes more than five parameters', () => {
  const over: string[] = [];
  for (const [file, code] of text) {
    const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
    const lineOf = (at: number): number => source.getLineAndCharacterOfPosition(at).line;
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionLike(node) && 'body' in node && node.body) {
        const lines = lineOf(node.end) - lineOf(node.getStart(source)) + 1;
        const { length } = node.parameters;
        if (lines > 60 || length > 5)
          over.push(`${file}: ${node.name?.getText()}, ${lines} lines, ${length} parameters`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  assert.deepEqual(over, []);
});
