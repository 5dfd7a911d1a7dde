import { cocktailParty } from '../baselines/cocktailParty';
import { dictionary } from '../baselines/dictionary';
import { dlg } from '../baselines/dlg';
import type { Estimate, Told } from '../baselines/estimate';
import { idlg } from '../baselines/idlg';
import { invertingGradients } from '../baselines/invertingGradients';
import { ltPeeling } from '../baselines/ltPeeling';
import { rgap } from '../baselines/rgap';
import { rowRatios } from '../baselines/rowRatios';
import { spear } from '../baselines/spear';
import { matrix } from '../math/matrix';
import { reconstructAsync } from '../reconstruction/reconstructAsync';
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
  /** most iterations of a random start, for those that descend: Cocktail Party, DLG, iDLG, IG. @default their own */
  readonly iterations?: number;
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
  /** for a batch of pictures; of other data it is told nothing of smoothness */
  readonly told: readonly Told[];
  readonly run: (model: Mlp, gradient: AveragedGradient, known: Known, terms: Terms) => Promise<Guess>;
}

const sized = ['batch size'] as const;
const pictures = [...sized, 'range of inputs', 'smooth pictures'] as const;

/**
 * Ours and its rivals by the names that `exan compare --attacks` takes.
 *
 * @example
 * contestants['row-ratios'].told;  // => []
 */
export const contestants: Readonly<Record<ContestantName, Contestant>> = {
  exan: { name: 'exan', told: [], run: ours },
  'row-ratios': rival('row ratios', [], async (model, gradient) => rowRatios(model, gradient)),
  'lt-peeling': rival('LT peeling', [], (model, gradient, _, terms) => ltPeeling(model, gradient, terms)),
  rgap: rival('R-GAP', [], (model, gradient, _, terms) => rgap(model, gradient, terms)),
  spear: rival('SPEAR', [], (model, gradient, { seed }, terms) => spear(model, gradient, { seed, ...terms })),
  dictionary: rival('dictionary', [], (model, gradient, { seed }, terms) =>
    dictionary(model, gradient, { seed, ...terms }),
  ),
  'cocktail-party': rival('cocktail party', ['smooth pictures'], (model, gradient, { image }, terms) =>
    cocktailParty(model, gradient, { rate: 0.01, iterations: 3000, ...(image && { image }), ...terms }),
  ),
  dlg: rival('DLG', sized, (model, gradient, { size, seed }, terms) => dlg(model, gradient, { size, seed, ...terms })),
  idlg: rival('iDLG', sized, (model, gradient, { size, seed }, terms) =>
    idlg(model, gradient, { size, seed, ...terms }),
  ),
  ig: rival('IG', pictures, inverting('authors', false)),
  'ig-tuned': rival('IG, tuned', ['labels', ...pictures], inverting('tuned', true)),
};

/** See {@link contestants}. */
export type ContestantName =
  | ('exan' | 'row-ratios' | 'lt-peeling' | 'rgap' | 'spear' | 'dictionary')
  | ('cocktail-party' | 'dlg' | 'idlg' | 'ig' | 'ig-tuned');

type Rival = (model: Mlp, gradient: AveragedGradient, known: Known, terms: Terms) => Promise<Estimate>;

function rival(name: string, told: readonly Told[], attack: Rival): Contestant {
  const run = async (...given: Parameters<Rival>): Promise<Guess> => {
    const { inputs, labels, status, reason } = await attack(...given);
    return { inputs, labels, status, reason };
  };
  return { name, told, run };
}

/** Inverting Gradients; pictures of known shape are smoothed. */
function inverting(settings: 'authors' | 'tuned', labelled: boolean): Rival {
  return (model, gradient, { size, labels, image, seed }, terms) =>
    invertingGradients(model, gradient, {
      ...{ size, seed, settings, ...terms },
      ...(labelled && { labels }),
      ...(image ? { image } : { smoothness: 0 }),
    });
}

/** `reconstruct`, on one thread as its rivals. */
async function ours(model: Mlp, gradient: AveragedGradient, _: Known, { seconds, signal }: Terms): Promise<Guess> {
  const found = await reconstructAsync(model, gradient, { seconds, workers: 1, ...(signal && { signal }) });
  const { status, reason } = found;
  if (found.samples.some(hasInput)) return { ...recovered(found), status, reason };
  return nothing(model, status, reason);
}

/** An answer without candidates. */
export function nothing({ widths }: Mlp, status: Guess['status'], reason: string): Guess {
  return { inputs: matrix(0, widths[0] ?? 0), labels: new Int32Array(0), status, reason };
}
