import { InputError } from '../check';
import { type PhasePoint, type PhaseTrial, phaseTrial } from './phaseTrial';

/** What a worker sends back: an error would come out as a copy, of no class and another name. */
export type WorkerAnswer = { readonly trial: PhaseTrial } | { readonly refused: string };

/** Worker entry: one trial per task. */
export default async function answer(point: PhasePoint): Promise<WorkerAnswer> {
  try {
    return { trial: await phaseTrial(point) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { refused: error.message };
  }
}
