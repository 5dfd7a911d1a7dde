import { axpy, dot, row } from '../../math/matrix';
import { normal, type Rng } from '../../math/rng';
import { fullDeltas } from './fitLossVector';
import { type LossSubspace, neurons } from './lossSubspace';

/** Where one run of the difference map begins. */
export interface Start {
  /** guess of the deltas */
  readonly v: Float64Array;
  /** guess of W_Hᵀ g */
  readonly u: Float64Array;
  /** where pre-activations join the search: those of a point of the space left */
  readonly point?: Float64Array;
}

/** A start with random loss vector and random support. */
export function randomStart({ head, slopes }: LossSubspace, label: number, uniform: Rng): Start {
  const spread = pick([0.05, 0.15, 0.3, 0.3, 1, 2.5], uniform);
  const logits = Float64Array.from({ length: head.columns }, () => spread * normal(uniform));
  const u = fullDeltas(head, lossVectorFrom(logits, label));
  return { u, v: u.map((x, j) => x * above(slopes?.[j], uniform())) };
}

/** A factor between the slope and 1, or between 0 and 1 where there is none. */
function above(slope: number | undefined, t: number): number {
  return slope ? slope + (1 - slope) * t : t;
}

/**
 * A start that some input could have (method 4): a random point of the affine space that the samples not yet found must lie
 * in gives a pattern, and by its softmax a loss vector.
 *
 * @param a coordinates of the point
 */
export function seededStart(space: LossSubspace, label: number, a: Float64Array, uniform: Rng): Start {
  const { forward, head, headBias } = space;
  const { value, factor } = neurons(space);
  const z = new Float64Array(forward.rows);
  const logits = new Float64Array(head.columns);
  if (headBias) logits.set(headBias);
  for (let j = 0; j < z.length; j++) {
    z[j] = dot(row(forward, j), a);
    const f = value(j, z[j]);
    if (f !== 0) axpy(f, row(head, j), logits);
  }
  const temperature = pick([0.3, 0.6, 1], uniform);
  const g = lossVectorFrom(
    logits.map((l) => l * temperature),
    label,
  );
  const u = fullDeltas(head, g);
  return { u, v: u.map((x, j) => deltaAt(x, factor(j, z[j]), uniform)) };
}

/** Of a neuron that fires a part, since v = u is not known yet. */
function deltaAt(u: number, factor: number, uniform: Rng): number {
  if (factor === 0) return 0;
  return factor === 1 ? u * (0.5 + 0.5 * uniform()) : factor * u;
}

/** w - e_label with w the softmax over the other classes. */
function lossVectorFrom(logits: Float64Array, label: number): Float64Array {
  const top = logits.reduce((max, l, c) => (c === label ? max : Math.max(max, l)), Number.NEGATIVE_INFINITY);
  const g = logits.map((l, c) => (c === label ? 0 : Math.exp(l - top) + 1e-6));
  const total = g.reduce((sum, x) => sum + x, 0);
  for (let c = 0; c < g.length; c++) g[c] = c === label ? -1 : g[c] / total;
  return g;
}

function pick(values: readonly number[], uniform: Rng): number {
  return values[Math.floor(uniform() * values.length)];
}
