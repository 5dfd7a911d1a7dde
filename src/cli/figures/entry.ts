import type { Dataset } from '../../data';
import type { Watch } from '../../types';
import type { Figure } from '../../viz/figure';

/** What a figure is made of. */
export interface FigureOrder extends Watch {
  /** the 10,000 digits that are embedded */
  readonly digits: Dataset;
  /** of network, batch and whatever else chance decides */
  readonly seed: number;
}

/** A figure that can be made from the embedded digits, in seconds. */
export interface FigureEntry {
  /** one sentence: what is seen, of which network and batch */
  readonly about: string;
  readonly draw: (order: FigureOrder) => Figure | Promise<Figure>;
}
