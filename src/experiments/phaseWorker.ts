import { workerData } from 'node:worker_threads';
import { InputError } from '../check';
import type { Dataset } from '../data';
import { dataset } from '../data/dataset';
import { type PhasePoint, type PhaseTrial, phaseTrial } from './phaseTrial';

/** What a worker sends back: an error would come out as a copy, of no class and another name. */
export type WorkerAnswer = { readonly trial: PhaseTrial } | { readonly refused: string };

/** A data set without its functions. */
export type PlainDataset = Omit<Dataset, 'draw'>;

/** The pool hands its own data over first, then ours. */
const [, plain] = (Array.isArray(workerData) ? workerData : []) as [unknown?, PlainDataset?];
const own = plain && dataset(plain);

/** Worker entry: one trial per task. */
export default async function answer(point: PhasePoint): Promise<WorkerAnswer> {
  try {
    return { trial: await phaseTrial(point, own) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { refused: error.message };
  }
}
