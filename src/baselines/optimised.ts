import { matrix } from '../math/matrix';
import type { Ended, Told } from './estimate';
import { type GuessForm, inputsOfGuess, labelsOfGuess } from './guess';
import type { Optimised, SearchState } from './search';

const words: Record<Ended, string> = {
  converged: 'nothing more to gain',
  iterations: 'all iterations made',
  time: 'out of time',
  signal: 'stopped',
  diverged: 'the loss grew without bound',
  'nothing more to try': 'nothing more to try',
};

/** The best guess of a search, as every rival hands it over. */
export function optimised(
  { state, ended }: { readonly state: SearchState; readonly ended: Ended },
  form: GuessForm,
  told: readonly Told[],
): Optimised {
  const { attack, best, history, seconds, start, iteration } = state;
  const x = best?.x ?? new Float64Array(0);
  const loss = best?.loss ?? Number.POSITIVE_INFINITY;
  const where = `iteration ${iteration} of random start ${start + 1}`;
  return {
    status: 'estimate',
    attack,
    inputs: best ? inputsOfGuess(form, x) : matrix(0, form.width),
    labels: best ? labelsOfGuess(form, x) : new Int32Array(0),
    told,
    history,
    ended,
    reason: `${words[ended]} at ${where}: least loss ${loss.toExponential(1)}`,
    seconds,
    loss,
    state,
  };
}
