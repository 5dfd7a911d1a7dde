import { dot } from '../../math/matrix';
import type { LocalTraining } from '../../types';
import { localReplay } from './localReplay';
import type { ShownDeltas } from './shownDeltas';

/** A rate that was not told. */
export interface FittedRate {
  readonly rate: number;
  /** its standard deviation */
  readonly error: number;
  /** median of what the replay with it leaves of the deltas shown, in units of their noise */
  readonly misfit: number;
  /** the same over the median of the deltas */
  readonly relative: number;
}

/** Relative step of the derivative: so small that hardly any neuron changes its sign. */
const nudge = 1e-6;
/** Gaps of the deltas, over their median, beyond which a neuron has another sign than in the client. */
const outlying = 20;

/**
 * The rate as the one unknown of a replay whose samples and order are known: Gauss-Newton on the deltas that the update shows, but for those
 * of neurons that switch where they did not.
 *
 * @param from where to begin
 * @param rounds at most, each of two replays. @default 8
 */
export function fitRate(
  { before, batch, moved, tolerance }: Pick<ShownDeltas, 'before' | 'batch' | 'moved' | 'tolerance'>,
  parts: readonly (readonly number[])[],
  { rate: from, momentum = 0 }: Pick<LocalTraining, 'rate' | 'momentum'>,
  rounds = 8,
): FittedRate {
  const n = moved.columns;
  /** in units of the noise */
  const scaled = (values: Float64Array): Float64Array => values.map((v, k) => v / tolerance[Math.floor(k / n)]);
  const shown = scaled(moved.data);
  const seen = shown
    .map(Math.abs)
    .filter((v) => v > 0)
    .sort();
  const typical = seen[seen.length >> 1];
  const at = (rate: number): Float64Array => {
    const { start, step } = localReplay(before, batch, { rate, momentum }, parts.length);
    return scaled(parts.reduce(step, start).summed.data).map((v) => rate * v);
  };
  let [rate, last] = [from, Number.POSITIVE_INFINITY];
  for (let round = 1; ; round++) {
    const now = at(rate);
    const left = shown.map((v, k) => v - now[k]);
    const sizes = left.map(Math.abs).filter((_, k) => now[k] !== 0 && shown[k] !== 0);
    const misfit = sizes.sort()[sizes.length >> 1];
    const relative = misfit / typical;
    if (!(misfit < Number.POSITIVE_INFINITY))
      return { rate, error: rate, misfit: Number.POSITIVE_INFINITY, relative: Number.POSITIVE_INFINITY };
    // a wrong number of steps leaves as much at any rate
    if (round > 3 && misfit > last / 2) return { rate, error: rate, misfit, relative };
    last = misfit;
    const kept = left.map((v) => (Math.abs(v) < outlying * (misfit + 1) ? 1 : 0));
    const near = at(rate * (1 + nudge));
    const slope = now.map((v, k) => (kept[k] * (near[k] - v)) / (nudge * rate));
    let [along, square, spread] = [0, 0, 0];
    for (let m = 0; m < moved.rows; m++) {
      const own = slope.subarray(m * n, (m + 1) * n);
      const pull = dot(own, left.subarray(m * n, (m + 1) * n));
      along += pull;
      spread += pull ** 2;
      square += dot(own, own);
    }
    // errors of a sample's deltas go together, by that of its input
    const error = Math.sqrt(square + spread) / square;
    const next = Math.min(1.5 * rate, Math.max(rate / 1.5, rate + along / square));
    if (!(square > 0)) return { rate, error: rate, misfit, relative };
    if (round === rounds || Math.abs(next - rate) <= Math.max(1e-2 * error, 2e-16 * rate))
      return { rate, error, misfit, relative };
    rate = next;
  }
}

/** Short decimals near a fitted rate, the shortest first: people choose such. */
export function shortRates({ rate, error }: Pick<FittedRate, 'rate' | 'error'>): number[] {
  const near = Math.max(wide * error, 1e-13 * rate);
  const all = [1, 2, 3, 4, 5].map((digits) => Number(rate.toPrecision(digits)));
  return [...new Set(all)].filter((short) => Math.abs(short - rate) <= near);
}

/** Errors of a fitted rate within which a short decimal is tried, for the replay to judge. */
const wide = 5;
