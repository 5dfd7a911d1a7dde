import type { Dataset } from '../../data';
import type { Experiment } from '../../experiments/sweep/experiment';
import type { Figure } from '../../viz/figure';

/** An experiment as the command line knows it: from options to points, and from trials to what is shown. */
export interface Sweep<Values extends object, P extends object, T extends P> {
  readonly experiment: Experiment<P, T>;
  /** made again from the same options by whoever runs a trial; undefined where trials make their own */
  dataset(values: Values): Promise<Dataset | undefined>;
  points(values: Values, dataset: Dataset | undefined): readonly P[];
  present(trials: readonly T[]): Presented;
}

/** Any of them, for who takes it by its name. */
export type AnySweep = Sweep<object, object, object>;

/** What is shown of a sweep's trials. */
export interface Presented {
  /** written to NAME.json */
  readonly rows: readonly object[];
  /** what --json prints */
  readonly json: object;
  readonly lines: readonly string[];
  /** by the name of their files */
  readonly figures: Readonly<Record<string, Figure>>;
}
