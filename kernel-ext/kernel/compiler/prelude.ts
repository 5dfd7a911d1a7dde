import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type * as TS from '@tslab/typescript-for-tslab';
import { ts } from './typescript';

/** Names that every cell has without an import. */
export interface Prelude {
  /** Declarations for the type checker, as if an earlier cell had imported them. */
  readonly declarations: string;
  /**
   * Declarations that join when a cell first names them. TensorFlow.js has so many types that they cost every start half a
   * second and every kernel a hundred MB.
   */
  readonly onDemand: ReadonlyMap<string, string>;
  /** Name of each value, and the module it is read from when a cell first uses it. `*` is the module itself. */
  readonly values: ReadonlyMap<string, { module: string; member: string }>;
}

interface Exported {
  name: string;
  typeOnly: boolean;
}

const isExported = (node: TS.Statement): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

/** Where a relative import of a declaration file leads. */
function declarationFile(from: string, specifier: string): string | undefined {
  const base = join(dirname(from), specifier.replace(/\.js$/, ''));
  return [`${base}.d.ts`, join(base, 'index.d.ts')].find(existsSync);
}

/** The names that a declaration file exports, in its order, following `export *`. */
export function exportsOf(file: string): Exported[] {
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022);
  return tree.statements.flatMap((node): Exported[] => {
    if (ts.isExportDeclaration(node)) {
      const { exportClause, isTypeOnly } = node;
      if (exportClause && ts.isNamedExports(exportClause))
        return exportClause.elements.map((e) => ({ name: e.name.text, typeOnly: isTypeOnly || e.isTypeOnly }));
      if (exportClause && ts.isNamespaceExport(exportClause))
        return [{ name: exportClause.name.text, typeOnly: isTypeOnly }];
      const target = ts.isStringLiteral(node.moduleSpecifier!)
        ? declarationFile(file, node.moduleSpecifier.text)
        : undefined;
      return target ? exportsOf(target).map((e) => ({ ...e, typeOnly: isTypeOnly || e.typeOnly })) : [];
    }
    if (!isExported(node)) return [];
    if (ts.isVariableStatement(node))
      return node.declarationList.declarations.flatMap(({ name }) =>
        ts.isIdentifier(name) ? [{ name: name.text, typeOnly: false }] : [],
      );
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
      return [{ name: node.name.text, typeOnly: true }];
    if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isEnumDeclaration(node))
      return node.name ? [{ name: node.name.text, typeOnly: false }] : [];
    return [];
  });
}

/** Everything that `exan` exports, `Matrix` of ml-matrix, and TensorFlow.js as `tf`. */
export function prelude(home: string): Prelude {
  const index = join(home, 'dist', 'index.d.ts');
  const own = new Map<string, Exported>();
  for (const entry of existsSync(index) ? exportsOf(index) : [])
    if (entry.name !== 'default' && !(own.get(entry.name)?.typeOnly === false)) own.set(entry.name, entry);
  const values = new Map<string, { module: string; member: string }>();
  for (const { name, typeOnly } of own.values()) if (!typeOnly) values.set(name, { module: 'exan', member: name });

  const onDemand = new Map<string, string>();
  const lines = own.size > 0 ? [`import { ${[...own.keys()].join(', ')} } from 'exan';`] : [];
  if (!own.has('Matrix')) {
    lines.push("import { Matrix } from 'ml-matrix';");
    values.set('Matrix', { module: 'ml-matrix', member: 'Matrix' });
  }
  if (!own.has('tf')) {
    onDemand.set('tf', "import * as tf from '@tensorflow/tfjs';\n");
    values.set('tf', { module: '@tensorflow/tfjs', member: '*' });
  }
  return { declarations: `${lines.join('\n')}\n`, onDemand, values };
}
