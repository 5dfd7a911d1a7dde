import { check, listed, shown } from '../check';
import type { Column } from './dataset';

/** What stands for a value that is not there. */
const missing = new Set(['', '?', 'na', 'n/a', 'nan', 'null', 'none']);

/** Different values above which a column of text is a name or a number of a record, not a category. */
const MOST_CATEGORIES = 1000;

/** True where the cell says that there is no value. */
export function isMissing(cell: string): boolean {
  return missing.has(cell.toLowerCase());
}

/** The number in a cell, or NaN. */
export function numberIn(cell: string): number {
  return cell === '' ? Number.NaN : Number(cell);
}

/** Names in order: numbers by size, text by code unit, the same everywhere. */
export function inOrder(names: Iterable<string>, numbers: boolean): string[] {
  return [...names].sort((a, b) => (numbers ? Number(a) - Number(b) : a < b ? -1 : 1));
}

/** Numbers as they are, each column from 0 to 1, or with mean 0 and deviation 1. */
export type Scale = 'none' | 'unit' | 'standard';

/** What is known of a column when all records were seen: bounded, whatever the file holds. */
export class ColumnTally {
  private readonly values = new Set<string>();
  private present = 0;
  private numbers = 0;
  private low = Number.POSITIVE_INFINITY;
  private high = Number.NEGATIVE_INFINITY;
  /** digits behind the point, at the most; more than 9 are no step */
  private digits = 0;
  /** of the numbers, and the sum of squares about it (Welford) */
  private squares = 0;
  mean = 0;
  /** records without a value */
  absent = 0;

  constructor(readonly name: string) {}

  add(cell: string): void {
    if (isMissing(cell)) {
      this.absent++;
      return;
    }
    this.present++;
    const v = numberIn(cell);
    if (Number.isFinite(v)) {
      this.numbers++;
      this.low = Math.min(this.low, v);
      this.high = Math.max(this.high, v);
      const off = v - this.mean;
      this.mean += off / this.numbers;
      this.squares += off * (v - this.mean);
      this.digits = Math.max(this.digits, digitsOf(cell));
    }
    if (this.values.size <= MOST_CATEGORIES) this.values.add(cell);
  }

  /** Whether all that was seen are numbers. */
  get numeric(): boolean {
    return this.numbers > 0 && this.numbers === this.present;
  }

  /** Different values in order: numbers by size, text by code unit. */
  categories(source: string, what: string): string[] {
    check(
      this.values.size <= MOST_CATEGORIES,
      () =>
        `${source}: column ${shown(this.name)} has more than ${MOST_CATEGORIES} different values, expected ${what}; leave it out: drop: [${JSON.stringify(this.name)}]`,
    );
    return inOrder(this.values, this.numeric);
  }

  /** How its values become entries of a sample; a column that is constant is only shifted. */
  column(source: string, scale: Scale): Column {
    const { name } = this;
    check(this.present > 0, () => `${source}: column ${shown(name)} has no value at all; leave it out: drop`);
    const commas = [...this.values].every((cell) => /^[+-]?\d+,\d+$/.test(cell));
    check(!commas, () => `${source}: column ${shown(name)} has decimal commas, expected points; write them so`);
    if (!this.numeric) return { name, categories: this.categories(source, 'categories or numbers') };
    const deviation = Math.sqrt(this.squares / this.numbers);
    const [mean, width] = {
      none: [0, 1],
      unit: [this.low, this.high - this.low],
      standard: [this.mean, deviation],
    }[scale] as [number, number];
    const step = this.digits <= 9 ? Number(`1e-${this.digits}`) : undefined;
    return { name, mean, scale: width > 0 ? width : 1, ...(step !== undefined && { step }) };
  }
}

/** Digits behind the point; of what is written with an exponent, more than a step may have. */
function digitsOf(cell: string): number {
  const found = /^[+-]?\d*(?:\.(\d*))?$/.exec(cell);
  return found ? (found[1]?.length ?? 0) : Number.POSITIVE_INFINITY;
}

/** The column of labels: told, or the one that is called so, or the only one of text at the end. */
export function labelColumn(
  source: string,
  told: string | number | undefined,
  columns: readonly ColumnTally[],
  header: boolean,
): number {
  const names = columns.map(({ name }) => name);
  const given = typeof told === 'number' ? (told < 0 ? told + names.length : told) : names.indexOf(told ?? '');
  const called = names.findIndex((name) => /^(label|class|target|y)$/i.test(name));
  const text = columns.flatMap((column, k) => (column.numeric ? [] : [k]));
  const last = text.length === 1 && text[0] === names.length - 1 ? names.length - 1 : -1;
  const found = told !== undefined ? given : header && called >= 0 ? called : last;
  check(
    Number.isInteger(found) && found >= 0 && found < names.length,
    () =>
      `${source}: label is ${told ?? 'not told'}, expected ${header ? `a column of ${listed(names, 30)}` : `the number of a column, 0 to ${names.length - 1}, or -1 for the last`}`,
  );
  return found;
}
