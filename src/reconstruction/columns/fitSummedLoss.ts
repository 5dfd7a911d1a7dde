import { quantile } from '../../math/quantile';
import { fitLossVector, fullDeltas } from './fitLossVector';
import { between, type Guide, type LossSubspace } from './lossSubspace';

/** Where between the two heads is tried. */
const places = [0.1, 0.3, 0.5, 0.7, 0.9];
/** Misfit over the usual size of a delta from which on a neuron counts less: it was on in some of the steps only. */
const usual = 0.05;

/**
 * The loss vector that explains most of a sample's summed deltas, by the best head on the line between the two ends, fitted robustly
 * (method 12).
 *
 * @returns it, and the median misfit over the median size; null when the active neurons do not determine it
 */
export function fitSummedLoss(
  { lossBasis }: LossSubspace,
  ends: readonly [Guide, Guide],
  v: Float64Array,
  on: Uint8Array,
): { readonly g: Float64Array; readonly misfit: number } | null {
  const active = [...on.keys()].filter((j) => on[j] === 1);
  if (active.length === 0) return null;
  const size = quantile(active.map((j) => Math.abs(v[j])), 0.5);
  let best: { g: Float64Array; misfit: number } | null = null;
  for (const s of places) {
    const guide = { lossBasis, ...between(ends, s) };
    const weights = Float64Array.from(on);
    for (let pass = 0; pass < 5; pass++) {
      const g = fitLossVector(guide, v, weights);
      if (!g) return best;
      const full = fullDeltas(guide.head, g);
      for (const j of active) weights[j] = 1 / (1 + ((full[j] - v[j]) / (usual * size)) ** 2);
      if (pass < 4) continue;
      const misfit = quantile(active.map((j) => Math.abs(full[j] - v[j])), 0.5) / size;
      if (!best || misfit < best.misfit) best = { g, misfit };
    }
  }
  return best;
}
