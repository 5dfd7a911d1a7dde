import { basename } from 'node:path';
import { check, listed, shown } from '../check';
import { matrix } from '../math/matrix';
import { ColumnTally, isMissing, labelColumn, numberIn, type Scale } from './csvColumns';
import { eachRecord } from './csvRows';
import { type Column, type Dataset, dataset, entriesOf } from './dataset';
import { type ReadOptions, samplesRead } from './limits';

/** Options of {@link fromCsv}. */
export interface CsvOptions extends ReadOptions {
  /** the column of labels, by name or by number, -1 for the last. @default label, class, target or y; without a header the last, if it alone is text */
  readonly label?: string | number;
  /** whether the first record has the columns' names. @default true when none of its cells is a number */
  readonly header?: boolean;
  /** columns that are left out, by name */
  readonly drop?: readonly string[];
  /** records with a missing value (empty, ?, NA, NaN, null): refuse the file, leave them out, or fill in the column's mean, and no category. @default 'refuse' */
  readonly missing?: 'refuse' | 'drop' | 'fill';
  /** numbers as they are, each column from 0 to 1, or with mean 0 and deviation 1. @default 'none' */
  readonly scale?: Scale;
  /** between cells. @default comma, semicolon or tab, by the first line */
  readonly separator?: string;
}

/**
 * A table of text, packed by gzip or not: columns of numbers, and one entry for each category of the others (one-hot); `columns` of
 * the result says how its entries come about, `labelNames` what its labels are called.
 *
 * The file is gone through twice and never held.
 *
 * @throws InputError when it is no table, a value is missing and nothing was said of that, or the column of labels is not known
 * @example
 * // age,sex,label
 * // 61,f,yes
 * // 44,m,no
 * const set = await data.fromCsv('data/patients.csv');
 * set.columns?.map(({ name }) => name);  // => ['age', 'sex']
 */
export async function fromCsv(path: string, options: CsvOptions = {}): Promise<Dataset> {
  const source = `fromCsv: ${path}`;
  const {
    name = basename(path).replace(/\.([ct]sv|tgz|tar)(\.gz)?$/, ''),
    scale = 'none',
    missing = 'refuse',
  } = options;
  check(
    ['refuse', 'drop', 'fill'].includes(missing),
    () => `${source}: missing is ${missing}, expected 'refuse', 'drop' or 'fill'`,
  );
  check(
    ['none', 'unit', 'standard'].includes(scale),
    () => `${source}: scale is ${scale}, expected 'none', 'unit' or 'standard'`,
  );
  const table = await survey(path, source, options);
  const { tallies, label, kept } = table;
  const columns = kept.map((k) => (tallies[k] as ColumnTally).column(source, scale));
  const labelNames = (tallies[label] as ColumnTally).categories(source, 'one label a class');
  const entries = columns.reduce((sum, column) => sum + entriesOf(column), 0);
  check(entries >= 1, () => `${source} has no column beside the labels`);
  const count = samplesRead(source, table.records, entries, options.most);
  const inputs = matrix(count, entries);
  const labels = new Int32Array(count);
  let m = 0;
  const classOf = classesOf(source, labelNames, options.classes);
  await eachRecord('fromCsv', path, options, (cells, record) => {
    if ((record === 0 && table.header) || !table.takes(cells)) return true;
    const own = kept.map((k) => cells[k] as string);
    put(inputs.data, m * entries, columns, own, (k) => (tallies[kept[k] as number] as ColumnTally).mean);
    labels[m++] = classOf(cells[label] as string);
    return m < count;
  });
  const classes = options.classes ?? Math.max(2, labelNames.length);
  return dataset({ name, inputs, labels, classes, columns, labelNames });
}

interface Table {
  readonly header: boolean;
  readonly tallies: readonly ColumnTally[];
  readonly label: number;
  /** columns that become entries */
  readonly kept: readonly number[];
  /** records that become samples */
  readonly records: number;
  readonly takes: (cells: readonly string[]) => boolean;
}

/** The first pass: which columns there are, and of what. */
async function survey(path: string, source: string, options: CsvOptions): Promise<Table> {
  const { drop = [], missing = 'refuse', most = Number.POSITIVE_INFINITY } = options;
  let tallies: ColumnTally[] = [];
  let header = false;
  let dropped: boolean[] = [];
  let records = 0;
  const incomplete = (cells: readonly string[]): boolean => cells.some((cell, k) => isMissing(cell) && !dropped[k]);
  await eachRecord('fromCsv', path, options, (cells, record) => {
    if (record === 0) {
      header = options.header ?? cells.every((cell) => !Number.isFinite(numberIn(cell)));
      tallies = cells.map((cell, k) => new ColumnTally(header ? cell || `column ${k}` : String(k)));
      const unknown = drop.find((name) => !tallies.some((column) => column.name === name));
      check(
        unknown === undefined,
        () =>
          `${source}: drop has ${shown(unknown ?? '')}, expected some of ${listed(
            tallies.map((c) => c.name),
            30,
          )}`,
      );
      dropped = tallies.map((column) => drop.includes(column.name));
      if (header) return true;
    }
    check(
      cells.length === tallies.length,
      () => `${source}: record ${record} has ${cells.length} cells, expected ${tallies.length} as the first`,
    );
    if (missing === 'drop' && incomplete(cells)) return true;
    cells.forEach((cell, k) => {
      if (!dropped[k]) (tallies[k] as ColumnTally).add(cell);
    });
    return ++records < most;
  });
  check(records >= 1, () => `${source} has no records, expected at least one`);
  const label = labelColumn(source, options.label, tallies, header);
  const lacking = tallies.find(({ absent }, k) => absent > 0 && (missing === 'refuse' || k === label));
  check(
    lacking === undefined,
    () =>
      `${source}: column ${shown(lacking?.name ?? '')} has ${lacking?.absent} missing values, expected none; say missing: 'drop' or, beside the labels, 'fill'`,
  );
  const kept = tallies.flatMap((_, k) => (k === label || dropped[k] ? [] : [k]));
  return { header, tallies, label, kept, records, takes: (cells) => missing !== 'drop' || !incomplete(cells) };
}

/** A record's entries from `at` on; `mean` of a column is taken where there is no value. */
function put(
  data: Float64Array,
  at: number,
  columns: readonly Column[],
  cells: readonly string[],
  mean: (k: number) => number,
): void {
  let place = at;
  columns.forEach((column, k) => {
    const cell = cells[k] as string;
    if ('categories' in column) {
      const which = column.categories.indexOf(cell);
      if (which >= 0) data[place + which] = 1;
      place += column.categories.length;
    } else data[place++] = ((isMissing(cell) ? mean(k) : numberIn(cell)) - column.mean) / column.scale;
  });
}

/** Labels by their order; where the classes are told and labels are numbers, those count, from 0 or from 1. */
function classesOf(source: string, names: readonly string[], classes: number | undefined): (cell: string) => number {
  const numbers = names.map(Number);
  if (classes === undefined || !numbers.every(Number.isInteger)) return (cell) => names.indexOf(cell);
  const first = numbers.includes(classes) ? 1 : 0;
  const wrong = numbers.find((v) => v < first || v >= classes + first);
  check(
    wrong === undefined,
    () => `${source} has the label ${wrong}, expected ${first} to ${classes - 1 + first}, as classes is ${classes}`,
  );
  return (cell) => Number(cell) - first;
}
