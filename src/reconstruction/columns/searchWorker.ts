import type { LossSubspace } from './lossSubspace';
import { type RoundResult, type SearchTask, searchRounds } from './searchRound';

/** What a worker is sent: the subspace's arrays are shared memory, so that only handles travel. */
export interface WorkerTask {
  readonly search: number;
  readonly space: LossSubspace;
  readonly task: SearchTask;
}

let current: { readonly search: number; readonly round: (task: SearchTask) => RoundResult } | undefined;

/** Runs one round, in a worker thread. */
export default ({ search, space, task }: WorkerTask): RoundResult => {
  if (current?.search !== search) current = { search, round: searchRounds(space) };
  return current.round(task);
};
