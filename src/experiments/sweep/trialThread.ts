import { type MessagePort, workerData } from 'node:worker_threads';
import { InputError } from '../../check';
import { type Dataset, dataset } from '../../data/dataset';

/** One trial for a thread, and where it says how far it is. */
export interface TrialTask {
  readonly experiment: string;
  readonly point: object;
  readonly workers: number;
  readonly port: MessagePort;
}

/**
 * What a thread says meanwhile: how far it is, and before that once that it may be ended. Node 20 dies as a whole where a thread ends while it
 * loads an ES module, which a package here is.
 */
export type TrialWord = 'loaded' | readonly [fraction: number, note: string];

/** What a thread sends back: an error would come out as a copy, of no class and another name. */
export type TrialAnswer = { readonly trial: object } | { readonly refused: string };

/** A data set without its functions. */
export type PlainDataset = Omit<Dataset, 'draw'>;

/** The pool hands its own data over first, then ours. */
const [, plain] = (Array.isArray(workerData) ? workerData : []) as [unknown?, PlainDataset?];
const own = plain && dataset(plain);

/** Milliseconds between two words about one trial. */
const pause = 100;

/** Thread entry: one trial per task. Experiments are loaded with the first one. */
export default async function answer({ experiment, point, workers, port }: TrialTask): Promise<TrialAnswer> {
  let due = 0;
  const onProgress = (fraction: number, note: string): void => {
    if (performance.now() < due) return;
    due = performance.now() + pause;
    port.postMessage([fraction, note] satisfies TrialWord);
  };
  try {
    const { experimentNamed } = await import('./registry');
    port.postMessage('loaded' satisfies TrialWord);
    return { trial: await experimentNamed(experiment).run(point, own, { workers, onProgress }) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { refused: error.message };
  } finally {
    port.close();
  }
}
