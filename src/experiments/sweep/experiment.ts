import { check } from '../../check';
import type { Dataset } from '../../data/dataset';
import type { Watch } from '../../types';

/** How a trial is watched and stopped, and how many threads its search may take. */
export interface TrialWatch extends Watch {
  readonly workers: number;
}

/** An experiment as a list of trials, each run from its point alone: in any order, on any machine, and again after a kill. */
export interface Experiment<Point extends object, Trial extends Point> {
  readonly name: string;
  /** part of every trial's id: raised when the same point gives another result */
  readonly version: number;
  /** what is said while a trial runs */
  note(point: Point): string;
  /**
   * @param point plain JSON: everything that the result depends on, beside the samples
   * @param dataset where batches are drawn from; undefined for experiments that make their own
   * @throws AbortError when the signal comes, since a trial cut short is none
   */
  run(point: Point, dataset: Dataset | undefined, watch: TrialWatch): Promise<Trial>;
}

/** The samples that an experiment cannot do without. */
export function samplesOf({ name }: { readonly name: string }, dataset: Dataset | undefined): Dataset {
  check(dataset !== undefined, () => `${name}: there is no data set, expected one to draw batches from`);
  return dataset;
}
