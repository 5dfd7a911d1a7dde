import { check, isCount } from '../check';
import type { Batch } from '../types';
import type { About } from './about';
import { type DrawOptions, draw } from './draw';

/** How a column of a table became entries of a sample. */
export type Column = NumberColumn | CategoryColumn;

/** A number: the table's value is `mean + scale * entry`. */
export interface NumberColumn {
  readonly name: string;
  readonly mean: number;
  readonly scale: number;
  /** the table's values are multiples of it; absent where they may be anything */
  readonly step?: number;
}

/** A category: one entry for each, 1 for the one that it is. */
export interface CategoryColumn {
  readonly name: string;
  readonly categories: readonly string[];
}

/** Entries of a sample that a column takes. */
export function entriesOf(column: { readonly name: string } | CategoryColumn): number {
  return 'categories' in column ? column.categories.length : 1;
}

/** Labelled samples to draw batches from; itself a batch, the one of all its samples. */
export interface Dataset extends Batch {
  readonly name: string;
  /** K: labels are in [0, K) */
  readonly classes: number;
  /** of a table: what its columns are, in order; a category has an entry for each of its values */
  readonly columns?: readonly Column[];
  /** what the labels stand for, where the file says */
  readonly labelNames?: readonly string[];
  /** what is known of a set that is published */
  readonly about?: About;
  /** A batch of distinct samples, the same for the same options; see {@link draw}. */
  draw(options: DrawOptions): Batch;
}

/**
 * A dataset from its parts.
 *
 * @throws InputError when it is empty, labels and samples differ in number, a label is outside [0, classes),
 *   or a sample has not the size of its picture
 */
export function dataset(parts: Omit<Dataset, 'draw'>): Dataset {
  const { name, inputs, labels, classes, image } = parts;
  check(isCount(inputs.rows), () => `dataset: ${name} has no samples`);
  check(isCount(classes, 2), () => `dataset: ${name} has ${classes} classes, expected at least 2`);
  check(
    labels.length === inputs.rows,
    () => `dataset: ${name} has ${labels.length} labels for ${inputs.rows} samples, expected as many`,
  );
  const wrong = labels.findIndex((y) => !(0 <= y && y < classes));
  check(wrong < 0, () => `dataset: ${name} has label ${labels[wrong]} at sample ${wrong}, expected 0..${classes - 1}`);
  check(
    !image || image.height * image.width * image.channels === inputs.columns,
    () => `dataset: ${name} has samples of ${inputs.columns} entries, expected the size of its pictures`,
  );
  return { ...parts, draw: (options) => draw(parts, options) };
}

/** The same set with what is known of it. */
export function withAbout(set: Dataset, about: About): Dataset {
  return { ...set, about };
}
