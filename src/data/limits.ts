import { check, isCount } from '../check';

/** Most numbers in a data set: 2 GiB as float64, enough for 60,000 pictures of 32 x 32 x 3. */
export const MOST: number = 2 ** 28;

/** Options of all readers of data sets. */
export interface ReadOptions {
  /** of the data set. @default the file's own */
  readonly name?: string;
  /** K. @default the largest label plus 1, at least 2 */
  readonly classes?: number;
  /** reads only the first samples. @default all */
  readonly most?: number;
}

/**
 * How many of `count` samples are read; throws when they would be more than 2^28 numbers, before there is memory for them.
 *
 * @param source opens the message
 */
export function samplesRead(source: string, count: number, entries: number, most: number | undefined): number {
  check(
    most === undefined || isCount(most),
    () => `${source}: most is ${most}, expected the number of samples to read, at least 1`,
  );
  const read = Math.min(count, most ?? count);
  check(
    read * entries <= MOST,
    () =>
      `${source} has ${count} samples of ${entries} numbers, expected at most 2^28 numbers in all; read fewer, most: ${Math.floor(MOST / entries)}`,
  );
  return read;
}
