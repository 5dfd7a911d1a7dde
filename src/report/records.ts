import { entriesOf } from '../data/dataset';
import type { Column, Columns } from './columns';

/** What was read of one sample, in the table's own units. */
export interface RecordRead {
  /** one for each column: a number, snapped to its step where that is near, or a category */
  readonly values: readonly (number | string)[];
  /** columns that have steps or categories */
  readonly stepped: number;
  /** the largest distance of these to a step, in steps, or to a 1 among zeros */
  readonly worst: number;
  /** chance that values which have nothing to do with the table come as near to its steps: (2 worst)^stepped, as a power of ten */
  readonly chance: number;
  /** true where every such column is within a twentieth of a step */
  readonly snaps: boolean;
}

/** Steps within which a value counts as on one. */
const near = 0.05;

/**
 * A sample as a record: numbers times their scale plus their mean, on the nearest step where they have steps, categories by their largest
 * value. That all columns land on steps is a second proof beside the replay: nothing in an attack knows of them.
 */
export function recordOf(input: Float64Array, { columns }: Columns): RecordRead {
  let at = 0;
  const read = columns.map((column) => {
    const width = entriesOf(column);
    const part = input.subarray(at, at + width);
    at += width;
    return readValue(column, part);
  });
  const offs = read.flatMap(({ off }) => (off === null ? [] : [off]));
  const worst = offs.reduce((a, b) => Math.max(a, b), 0);
  const snaps = offs.length > 0 && worst <= near;
  return {
    values: read.map(({ value, exact }) => (snaps ? exact : value)),
    stepped: offs.length,
    worst,
    chance: offs.length * Math.log10(Math.min(1, 2 * Math.max(worst, 1e-12))),
    snaps,
  };
}

/** The input that a record stands for, each value on its step: what a client's table would have given. */
export function snappedInput(input: Float64Array, { columns }: Columns): Float64Array {
  const snapped = input.slice();
  let at = 0;
  for (const column of columns) {
    const width = entriesOf(column);
    if ('categories' in column) {
      const chosen = largestOf(input.subarray(at, at + width));
      for (let k = 0; k < width; k++) snapped[at + k] = k === chosen ? 1 : 0;
    } else if (column.step !== undefined) {
      const { mean = 0, scale = 1, step } = column;
      snapped[at] = (Math.round((mean + scale * (input[at] ?? 0)) / step) * step - mean) / scale;
    }
    at += width;
  }
  return snapped;
}

function readValue(
  column: Column,
  part: Float64Array,
): { readonly value: number | string; readonly exact: number | string; readonly off: number | null } {
  if ('categories' in column) {
    const chosen = largestOf(part);
    const off = part.reduce((most, v, k) => Math.max(most, Math.abs(v - (k === chosen ? 1 : 0))), 0);
    const value = column.categories[chosen] ?? '';
    return { value, exact: value, off };
  }
  const { mean = 0, scale = 1, step } = column;
  const value = mean + scale * (part[0] ?? 0);
  if (step === undefined) return { value, exact: value, off: null };
  const steps = value / step;
  // as many digits as the step has, not those of its binary neighbour
  const exact = Number((Math.round(steps) * step).toPrecision(15));
  return { value, exact, off: Math.abs(steps - Math.round(steps)) };
}

function largestOf(part: Float64Array): number {
  return part.reduce((best, v, k) => (v > (part[best] ?? 0) ? k : best), 0);
}
