import type { Told } from '../baselines/estimate';
import { InputError } from '../check';
import { quantile } from '../math/quantile';
import type { AveragedGradient, Batch, DenseMatrix, Mlp } from '../types';
import { bestErrors } from './attackOutcome';
import { type Contestant, type Guess, nothing, type Terms } from './contestants';
import { rightLabels } from './rightLabels';

/** A batch, what is shared of it, and the seed that it came from. */
export interface Contest {
  readonly model: Mlp;
  readonly secret: Batch;
  readonly gradient: AveragedGradient;
  readonly seed: number;
}

/** What one attack made of one batch. */
export interface ContestRow {
  readonly attack: string;
  readonly size: number;
  readonly seed: number;
  /** samples with a candidate at a mean squared error of at most 1e-6 */
  readonly exact: number;
  /** the same at 1e-2, that is 20 dB for a peak of 1 */
  readonly visible: number;
  /** median over the samples, of the best candidate of each, in dB for a peak of 1, at most 250; 0 where there is none */
  readonly psnr: number;
  /** fraction of the batch's labels that it names; null where the attack does not say, or was told them */
  readonly labels: number | null;
  readonly seconds: number;
  /** until a first sample was visible; null where none was */
  readonly firstSeconds: number | null;
  /** what it held at most beyond what was there before, as sampled, in megabytes */
  readonly memory: number;
  /** how many candidates it was judged by */
  readonly candidates: number;
  /** its own word */
  readonly status: Guess['status'];
  readonly told: readonly Told[];
  readonly reason: string;
  /** median PSNR over time: seconds, dB */
  readonly history: readonly (readonly [number, number])[];
}

/** Decibels beyond which an error is rounding. */
const most = 250;
/** Milliseconds between two looks at memory and guess. */
const look = 100;

/** One attack on one batch, against the clock. */
export async function contest(
  { model, secret, gradient, seed }: Contest,
  attack: Contestant,
  { onSpent, ...limits }: Omit<Terms, 'onGuess'> & { onSpent: (fraction: number) => void },
): Promise<ContestRow> {
  const size = secret.inputs.rows;
  const known = { size, labels: secret.labels, seed, ...(secret.image && { image: secret.image }) };
  const history: [number, number][] = [];
  let first: number | null = null;
  let judging = 0; // time that the judge took, which is not the attack's
  const start = performance.now();
  const spent = (): number => (performance.now() - start - judging) / 1e3;
  const judge = (inputs: DenseMatrix): number[] => {
    const [at, before] = [spent(), performance.now()];
    const errors = bestErrors(secret, inputs);
    if (first === null && errors.some((e) => e <= 1e-2)) first = at;
    history.push([at, decibels(errors)]);
    judging += performance.now() - before;
    return errors;
  };
  const held = memoryHeld(() => onSpent(Math.min(1, spent() / limits.seconds)));
  let due = 0;
  const onGuess = (inputs: DenseMatrix): void => {
    if (performance.now() < due) return;
    judge(inputs);
    due = performance.now() + look;
  };
  try {
    const guess = await attack
      .run(model, gradient, known, { ...limits, onGuess })
      .catch((error) => declined(error, model));
    const took = spent();
    const errors = judge(guess.inputs);
    const within = (limit: number): number => errors.filter((e) => e <= limit).length;
    return {
      ...{ attack: attack.name, size, seed, exact: within(1e-6), visible: within(1e-2), psnr: decibels(errors) },
      ...{ labels: attack.told.includes('labels') ? null : labelShare(guess, secret.labels), seconds: took },
      ...{ firstSeconds: first, memory: held.most(), candidates: guess.inputs.rows, status: guess.status },
      ...{ told: attack.told, reason: guess.reason, history },
    };
  } finally {
    held.end();
  }
}

/** An attack that does not take this network or so many samples says so by an error, and has found nothing. */
function declined(error: unknown, model: Mlp): Guess {
  if (!(error instanceof InputError)) throw error;
  return nothing(model, 'estimate', error.message);
}

function decibels(errors: readonly number[]): number {
  const of = errors.map((e) => (e > 0 ? Math.max(0, Math.min(most, -10 * Math.log10(e))) : most));
  return quantile(of, 0.5);
}

function labelShare({ labels }: Guess, truth: Int32Array): number | null {
  const said = [...labels].filter((y) => y >= 0);
  if (said.length === 0) return null;
  return (
    rightLabels(
      said.map((label) => ({ label })),
      truth,
    ) / truth.length
  );
}

/** Looks at this process's memory while an attack lets others have a turn. */
function memoryHeld(onLook: () => void): { most(): number; end(): void } {
  const before = process.memoryUsage.rss();
  let peak = before;
  const see = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(() => {
    see();
    onLook();
  }, look);
  return {
    most: () => {
      see();
      return (peak - before) / 2 ** 20;
    },
    end: () => clearInterval(timer),
  };
}
