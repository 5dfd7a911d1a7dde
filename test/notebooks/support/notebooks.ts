import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What nbformat has of an output. */
export interface Output {
  readonly data?: Readonly<Record<string, string | readonly string[]>>;
}
/** What nbformat has of a cell. */
export interface Cell {
  readonly cell_type: string;
  readonly id: string;
  readonly source: readonly string[];
  readonly metadata: { readonly tags?: readonly string[] };
  readonly outputs?: readonly Output[];
}
interface CheckOptions {
  readonly scale?: 'ci' | 'paper';
  readonly present?: (name: string) => boolean;
}
interface Row {
  readonly first: string;
  readonly cells: Readonly<Record<string, string>>;
}

const from = (file: string) => require(resolve(join('notebooks', file)));
const [checker, stored, setup] = ['check.mjs', 'stored.mjs', 'setup.mjs'].map(from);

// as the scripts have them
export const problemsOf: (name: string, notebook: object, expected: object, options?: CheckOptions) => string[] =
  checker.problemsOf;
export const tableOf: (text: string, column: string) => Row[] | undefined = checker.tableOf;
export const expectedOf: (name: string) => object = checker.expectedOf;
export const presentSets: () => string[] = checker.presentSets;
export const faultsOf: (name: string, text: string) => string[] = stored.faultsOf;
export const storedOutputs: (outputs: readonly object[], draw: (svg: string) => Promise<object>) => Promise<Output[]> =
  stored.storedOutputs;
export const notebooksNamed: (wanted?: readonly string[]) => string[] = setup.notebooksNamed;

/** The cells of a notebook's file. */
export function cellsOf(path: string): readonly Cell[] {
  return JSON.parse(readFileSync(path, 'utf8')).cells;
}
