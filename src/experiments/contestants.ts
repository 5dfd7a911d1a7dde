import { cocktailParty } from '../baselines/cocktailParty';
import { dictionary } from '../baselines/dictionary';
import type { Estimate, RivalOptions, Told } from '../baselines/estimate';
import { ltPeeling } from '../baselines/ltPeeling';
import { rowRatios } from '../baselines/rowRatios';
import { spear } from '../baselines/spear';
import { matrix } from '../math/matrix';
import { reconstructAsync } from '../reconstruction/reconstruct';
import { hasInput, recovered, type Status } from '../reconstruction/result';
import type { AveragedGradient, DenseMatrix, ImageShape, Mlp, Watch } from '../types';

/** What a contestant may be told; it takes no more of it than it says in `told`. */
export interface Known {
  readonly size: number;
  readonly labels: Int32Array;
  readonly image?: ImageShape;
  /** of its random starts */
  readonly seed: number;
}

/** The same time for each, and a look at what it has so far. */
export interface Terms extends Pick<Watch, 'signal'> {
  readonly seconds: number;
  /** called now and then with the best guess so far */
  readonly onGuess?: (inputs: DenseMatrix) => void;
}

/** What a contestant hands over. */
export interface Guess {
  /** candidates, one a row */
  readonly inputs: DenseMatrix;
  /** class of each row; -1 where it does not say */
  readonly labels: Int32Array;
  /** its own word: only ours ever says more than 'estimate' */
  readonly status: Status | 'estimate';
  readonly reason: string;
}

/** An attack in a comparison: it sees network, gradient, and what it must be told, never the batch. */
export interface Contestant {
  readonly name: string;
  readonly told: readonly Told[];
  readonly run: (model: Mlp, gradient: AveragedGradient, known: Known, terms: Terms) => Promise<Guess>;
}

/**
 * Ours and its rivals by the names that `exan compare --attacks` takes.
 *
 * @example
 * contestants['row-ratios'].told;  // => []
 */
export const contestants: Readonly<Record<ContestantName, Contestant>> = {
  exan: { name: 'exan', told: [], run: ours },
  'row-ratios': {
    name: 'row ratios',
    told: [],
    run: async (model, gradient) => guessOf(rowRatios(model, gradient)),
  },
  'lt-peeling': rival('LT peeling', (model, gradient, _, terms) => ltPeeling(model, gradient, terms)),
  spear: rival('SPEAR', (model, gradient, { seed }, terms) => spear(model, gradient, { ...terms, seed })),
  dictionary: rival('dictionary learning', (model, gradient, { seed }, terms) =>
    dictionary(model, gradient, { ...terms, seed }),
  ),
  'cocktail-party': {
    ...rival('Cocktail Party Attack', (model, gradient, { image }, terms) =>
      cocktailParty(model, gradient, { ...terms, rate: 0.01, iterations: 3000, ...(image && { image }) }),
    ),
    told: ['smooth pictures'],
  },
};

/** See {@link contestants}. */
export type ContestantName = 'exan' | 'row-ratios' | 'lt-peeling' | 'spear' | 'dictionary' | 'cocktail-party';

/** `reconstruct`, on one thread as its rivals. */
async function ours(model: Mlp, gradient: AveragedGradient, _: Known, { seconds, signal }: Terms): Promise<Guess> {
  const found = await reconstructAsync(model, gradient, { seconds, workers: 1, ...(signal && { signal }) });
  const { status, reason } = found;
  if (!found.samples.some(hasInput)) return { ...nothing(model), status, reason };
  return { ...recovered(found), status, reason };
}

/** A rival that is told nothing. */
function rival(
  name: string,
  run: (model: Mlp, gradient: AveragedGradient, known: Known, terms: RivalOptions) => Promise<Estimate>,
): Contestant {
  return {
    name,
    told: [],
    run: async (model, gradient, known, { seconds, signal }) =>
      guessOf(await run(model, gradient, known, { seconds, ...(signal && { signal }) })),
  };
}

function guessOf({ inputs, labels, status, reason }: Estimate): Guess {
  return { inputs, labels, status, reason };
}

function nothing({ widths }: Mlp): Pick<Guess, 'inputs' | 'labels'> {
  return { inputs: matrix(0, widths[0] ?? 0), labels: new Int32Array(0) };
}
