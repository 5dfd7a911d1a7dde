import { check, isCount, shown } from '../check';
import { readBytes } from '../data/files';
import { repeatedKey } from '../data/repeatedKey';

/** A column of a table, as a sample holds it: one scaled number, or one value for each category. */
export type Column = NumberColumn | CategoryColumn;

/** A number: the table's value is mean + scale times the sample's. */
export interface NumberColumn {
  readonly name: string;
  /** @default 0 */
  readonly mean?: number;
  /** @default 1 */
  readonly scale?: number;
  /** the table's values are multiples of it; absent where they may be anything */
  readonly step?: number;
}

/** One of some categories, as a 1 among zeros. */
export interface CategoryColumn {
  readonly name: string;
  readonly categories: readonly string[];
}

/** What the values of a sample, and its label, stand for. */
export interface Columns {
  readonly columns: readonly Column[];
  /** names of the classes. @default their numbers */
  readonly labels?: readonly string[];
}

/** Values of a sample that a column takes. */
export function widthOf(column: Column): number {
  return 'categories' in column ? column.categories.length : 1;
}

/**
 * Columns from a .json file: `{ "columns": [{ "name": "age", "mean": 38.6, "scale": 13.6, "step": 1 }, { "name": "sex", "categories":
 * ["female", "male"] }], "labels": ["no", "yes"] }`.
 *
 * @param caller opens the messages
 * @param inputs values of a sample, which the columns have to add up to
 * @throws InputError naming the column for what is not understood
 */
export function readColumns(caller: string, path: string, inputs: number): Columns {
  const source = `${caller}: ${path}`;
  const text = readBytes(caller, path).toString('utf8');
  const value = parsed(source, text);
  checkKeys(source, value, ['columns', 'labels']);
  const { columns, labels } = value;
  check(
    Array.isArray(columns) && columns.length > 0,
    () => `${source}: columns is ${brief(columns)}, expected a list such as [{ "name": "age", "step": 1 }]`,
  );
  columns.forEach((column: unknown, k) => {
    checkColumn(`${source}: column ${k}`, column);
  });
  check(
    labels === undefined || isNames(labels),
    () => `${source}: labels is ${brief(labels)}, expected a list of names`,
  );
  const width = (columns as Column[]).reduce((sum, column) => sum + widthOf(column), 0);
  check(
    width === inputs,
    () =>
      `${source}: the columns take ${width} values, expected ${inputs}, the network's inputs (each category is one)`,
  );
  return value as unknown as Columns;
}

function parsed(source: string, text: string): unknown {
  let value: unknown;
  let why = '';
  try {
    value = JSON.parse(text);
  } catch (error) {
    why = (error as Error).message;
  }
  check(why === '', () => `${source} is not JSON: ${shown(why)}`);
  const twice = repeatedKey(text);
  check(twice === undefined, () => `${source} has the key ${shown(twice ?? '')} twice in one object`);
  return value;
}

function checkColumn(where: string, column: unknown): void {
  const isCategory = typeof column === 'object' && column !== null && 'categories' in column;
  checkKeys(where, column, isCategory ? ['name', 'categories'] : ['name', 'mean', 'scale', 'step']);
  const { name, mean = 0, scale = 1, step = 1, categories } = column;
  check(typeof name === 'string' && name !== '', () => `${where}: name is ${brief(name)}, expected a name`);
  if (isCategory) {
    check(
      isNames(categories) && isCount(categories.length, 2),
      () => `${where} (${shown(name)}): categories is ${brief(categories)}, expected at least two names`,
    );
    return;
  }
  for (const [key, number, positive] of [
    ['mean', mean, false],
    ['scale', scale, true],
    ['step', step, true],
  ] as const)
    check(
      typeof number === 'number' && Number.isFinite(number) && (!positive || number > 0),
      () => `${where} (${shown(name)}): ${key} is ${brief(number)}, expected a ${positive ? 'positive ' : ''}number`,
    );
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function checkKeys(
  where: string,
  value: unknown,
  known: readonly string[],
): asserts value is Readonly<Record<string, unknown>> {
  check(
    typeof value === 'object' && value !== null && !Array.isArray(value),
    () => `${where} is ${brief(value)}, expected an object with ${known.join(', ')}`,
  );
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  check(unknown === undefined, () => `${where} has the key ${brief(unknown)}, expected ${known.join(', ')}`);
}

function brief(value: unknown): string {
  return shown(JSON.stringify(value) ?? 'missing');
}
