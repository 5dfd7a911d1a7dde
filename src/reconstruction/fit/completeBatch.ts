import { gradientState } from '../../gradient/gradientState';
import { fromRows, matrix, row } from '../../math/matrix';
import { deltaBelow } from '../../model/backward';
import { affine } from '../../model/layers/dense';
import { factorsOf, piecesOf } from '../../model/layers/pieces';
import type { DenseMatrix, PiecewiseLinear } from '../../types';
import type { LossSubspace } from '../columns/lossSubspace';
import type { LossColumn } from '../columns/polish';
import { topFeatures } from '../columns/topFeatures';
import { type Evidence, fromLayer } from '../evidence/evidence';
import { homogeneous, roundingVariance } from '../evidence/homogeneous';
import type { Limit, Working } from '../working';
import { cleaned } from './cleaned';
import { stepDown } from './stepDown';
import { weighBatch } from './weighBatch';
import { type SolvedSystem, type WholeBatch, wholeBatch } from './wholeBatch';

/**
 * From all columns of the last ReLU layer to the whole batch: its features by one linear solve, refined with the two top layers,
 * down to the inputs, and refined again with all layers (method 4 to 6).
 *
 * @returns null when the columns cannot all be right: dependent, weights that are no multiples of one unit, a layer not determined
 */
export function* completeBatch(
  evidence: Evidence,
  space: LossSubspace,
  columns: readonly LossColumn[],
  limit: Limit,
): Working<WholeBatch | null> {
  const linear = topFeatures(space, columns);
  if (!linear) return null;
  const last = evidence.model.dense.length - 2;
  const upper = last === 0 ? evidence : fromLayer(evidence, last);
  const system = { layer: last, rank: space.rank, condition: linear.condition };
  const pattern = patternsOf(upper, space, columns, linear.features);
  const { features: inputs, labels, losses } = linear;
  const guess = { inputs, labels, losses, patterns: [pattern], systems: [system] };
  const top = yield* wholeBatch(upper, guess, limit);
  const whole = last === 0 || !top ? top : yield* descended(evidence, top, pattern, limit);
  return whole && evidence.added ? yield* weighBatch(evidence, whole, limit) : whole;
}

/** Derivatives in the last hidden layer: as the column shows them, and where its full delta drowns in noise, by z. */
function patternsOf(
  { model }: Evidence,
  { live, slopes }: LossSubspace,
  columns: readonly LossColumn[],
  features: DenseMatrix,
): DenseMatrix {
  const z = affine(model.dense[0], features);
  const [activation] = model.activations;
  const { factor, off } = piecesOf(activation);
  // neurons without a gradient do not fire, or are withheld
  const pattern = slopes ? factorsOf(activation, z, 'entering') : matrix(z.rows, z.columns);
  columns.forEach(({ on, unclear }, m) => {
    live.forEach((j, i) => {
      const at = m * z.columns + j;
      pattern.data[at] = unclear[i] ? factor(z.data[at], j) : on[i] ? 1 : off(j);
    });
  });
  return pattern;
}

/** Refined features of a hidden layer: which are at an end of the activation is a pattern, and must not be left to noise. */
function withoutNoise({ inputs, errors }: WholeBatch, activation: PiecewiseLinear): DenseMatrix | null {
  const rows = Array.from(errors, (error, m) => cleaned({ features: row(inputs, m), error }, activation));
  const known = rows.filter((r) => r !== null);
  return known.length < rows.length ? null : fromRows(known.map((r) => r.features));
}

/** Layer by layer: features show the pattern of the layer below, which gives its deltas, which give its features. */
function* descended(
  evidence: Evidence,
  top: WholeBatch,
  pattern: DenseMatrix,
  limit: Limit,
): Working<WholeBatch | null> {
  const { model, gradient } = evidence;
  const last = model.dense.length - 2;
  const shares = top.shares;
  const batch = { inputs: top.inputs, labels: top.labels };
  let features = withoutNoise(top, model.activations[last - 1]);
  if (!features) return null;
  const state = gradientState(fromLayer(evidence, last).model, batch, { shares, patterns: [pattern] });
  const [, losses] = state.deltas;
  let delta = state.deltas[0];
  const patterns: DenseMatrix[] = [];
  patterns[last] = pattern;
  const systems: SolvedSystem[] = [...top.systems];
  for (let layer = last - 1; layer >= 0; layer--) {
    delta = deltaBelow(model.dense[layer + 1], delta, features, model.activations[layer]);
    patterns[layer] = factorsOf(model.activations[layer], features, 'leaving');
    const rows = homogeneous(gradient.gradients[layer]);
    const down = stepDown(
      delta,
      rows,
      roundingVariance(rows, evidence.unit),
      model.widths[layer],
      model.activations[layer - 1],
    );
    systems.push({ layer, rank: down.rank, condition: down.condition });
    const known = down.features.filter((f) => f !== null);
    if (known.length < delta.rows) return null;
    features = fromRows(known.map((f) => f.features));
  }
  return yield* wholeBatch(evidence, { inputs: features, labels: top.labels, losses, patterns, systems }, limit);
}
