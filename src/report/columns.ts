import { check, isCount, shown } from '../check';
import { type CategoryColumn, entriesOf, type NumberColumn } from '../data/dataset';
import { brief, checkKeys, readJson } from '../data/jsonFile';

/** A column of a table as a file says it: a number's mean is 0 and its scale 1 where they are not given. */
export type Column = CategoryColumn | (Pick<NumberColumn, 'name'> & Partial<NumberColumn>);

/** What the values of a sample, and its label, stand for. */
export interface Columns {
  readonly columns: readonly Column[];
  /** names of the classes. @default their numbers */
  readonly labels?: readonly string[];
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
  const value = readJson(caller, path);
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
  const width = (columns as Column[]).reduce((sum, column) => sum + entriesOf(column), 0);
  check(
    width === inputs,
    () =>
      `${source}: the columns take ${width} values, expected ${inputs}, the network's inputs (each category is one)`,
  );
  return value as unknown as Columns;
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
