import { largest, matrix, row } from '../../math/matrix';
import { normal, type Rng, rng } from '../../math/rng';
import { type Arithmetic, float32, float64 } from '../../model/arithmetic';
import { lossVectors } from '../../model/backward';
import { forward } from '../../model/forward';
import { kindOf } from '../../model/layers';
import type { AffineLayer, Batch, DenseMatrix, Network, Precision } from '../../types';

/** A gradient on its way down through a network: its values, and the deltas where it has come to. */
export interface Pass {
  /** values[k] enters layers[k] */
  readonly values: readonly DenseMatrix[];
  readonly delta: DenseMatrix;
  readonly arithmetic: Arithmetic;
}

/** The gradient of a batch in float64, and as it may have been computed, some times each. */
export interface Passes {
  readonly exact: Pass;
  /** in float32; for a gradient of that precision from inputs that are off by their errors */
  readonly rounded: readonly Pass[];
  /** in float64, from inputs that are off by their errors; for a gradient of that precision */
  readonly moved: readonly Pass[];
}

/** Draws of a sample: a row may hang on a single number, of which one is small by chance in one of ten. More samples need fewer. */
const drawn = 3;
/** Half a unit in the last place of float32, relative: moves what is rounded, and no value by more than rounding does. */
const nudge = 2 ** -25;

/**
 * The passes above the loss; may be left after each.
 *
 * @param shares weight of each sample in the gradient
 * @param errors root mean square error of each input
 */
export function* passesOf(
  net: Network,
  { inputs, labels }: Batch,
  shares: Float64Array,
  precision: Precision,
  errors: Float64Array,
): Generator<void, Passes> {
  const from = (start: DenseMatrix, arithmetic: Arithmetic): Pass => {
    const { values, logits } = forward(net, start, 0, arithmetic);
    const delta = lossVectors(logits, labels, 1, arithmetic);
    const data = delta.data.map((v, k) => arithmetic.round(v * shares[Math.floor(k / delta.columns)]));
    return { values, delta: { ...delta, data }, arithmetic };
  };
  const uniform = rng(inputs.columns);
  const known = errors.every((e) => e === 0);
  const several = function* (by: Float64Array, arithmetic: Arithmetic): Generator<void, Pass[]> {
    const passes: Pass[] = [];
    for (let n = 0; n < Math.ceil(drawn / inputs.rows); n++) {
      passes.push(from(movedBy(inputs, by, uniform), arithmetic));
      yield;
    }
    return passes;
  };
  const rounding = errors.map((e, m) => Math.max(precision === 'float32' ? e : 0, nudge * largest(row(inputs, m))));
  return {
    exact: from(inputs, float64),
    rounded: yield* several(rounding, float32),
    moved: known || precision === 'float32' ? [] : yield* several(errors, float64),
  };
}

/**
 * A pass taken down from what enters layer `from` to what leaves layer `to`, through the layers between.
 *
 * @param masks values entering each layer, which say who fires and wins, in place of the pass's own: all that is compared takes one way
 */
export function down(
  net: Network,
  pass: Pass,
  masks: readonly DenseMatrix[],
  [from, to]: readonly [number, number],
): Pass {
  let delta: DenseMatrix = { ...pass.delta, data: pass.delta.data.slice() };
  for (let k = from - 1; k > to; k--) {
    const around = { entering: masks[k], leaving: masks[k + 1] };
    delta = kindOf(net.layers[k]).backward(net.layers[k], delta, around, pass.arithmetic);
  }
  return { ...pass, delta };
}

/** Gradient of layer k, to which the pass has come down. */
export function gradientOf(net: Network, { values, delta, arithmetic }: Pass, k: number): AffineLayer {
  const layer = net.layers[k];
  const own = kindOf(layer).weightGradient?.(layer, delta, values[k], arithmetic);
  if (!own) throw new Error(`gradientOf: layer ${k} (${layer.kind}) has no weights`);
  return own;
}

function movedBy({ rows, columns, data }: DenseMatrix, errors: Float64Array, uniform: Rng): DenseMatrix {
  const moved = matrix(rows, columns, data.slice());
  for (let m = 0; m < rows; m++) {
    const x = row(moved, m);
    for (let k = 0; k < columns; k++) x[k] += errors[m] * normal(uniform);
  }
  return moved;
}
