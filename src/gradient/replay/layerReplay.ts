import { hasWeights } from '../../model/layers';
import type { AveragedGradient, ConvNet, DenseMatrix } from '../../types';
import { layerLimit } from '../agreement';
import { gradientDifference } from '../gradientDifference';
import { type LayerAgreement, layerAgreement } from './layerAgreement';
import { down, gradientOf } from './passes';
import { allDown, replayNoise, valueError } from './replayNoise';
import { settleFlips } from './settleFlips';
import type { Place } from './stackAgreement';

/** A convolution of the stack, held against the shared gradient. */
export interface LayerReplay {
  readonly agreement: LayerAgreement;
  /** expected square of each row of the gap */
  readonly noise: Float64Array;
  readonly below: Place;
}

/**
 * Takes a replay down to the next convolution and compares its gradient; what rounding leaves open falls as the shared gradient says.
 *
 * @param layer its index, the index of its array, and the values that say who fires: replaced where something is turned
 */
export function* layerReplay(
  net: ConvNet,
  { gradients, precision }: AveragedGradient,
  place: Place,
  { k, array, masks }: { readonly k: number; readonly array: number; readonly masks: DenseMatrix[] },
): Generator<void, LayerReplay> {
  const { from, passes, own } = belowWeights(net, place, masks, k);
  const lowered = function* () {
    const all = allDown(net, passes, masks, [from, k]);
    const pass = down(net, own, masks, [from, k]);
    const [gap] = gradientDifference([gradients[array]], [gradientOf(net, pass, k)]);
    return { all, pass, gap, noise: yield* replayNoise(net, all, k, precision) };
  };
  let found = yield* lowered();
  const allowed = found.noise.map((v) => layerLimit * v);
  const standing = { net, k, end: from, above: own, error: (layer: number) => valueError(passes, layer, precision) };
  if (yield* settleFlips(standing, masks, found.gap, allowed)) found = yield* lowered();
  return {
    agreement: layerAgreement(gradients[array], found.gap, found.noise),
    noise: found.noise,
    below: { from: k + 1, passes: found.all, own: found.pass },
  };
}

/** Past the convolution whose gradient was compared last: what is tried from here need not go through it again. It is not layer k itself. */
function belowWeights(net: ConvNet, place: Place, masks: readonly DenseMatrix[], k: number): Place {
  const { from, passes, own } = place;
  if (from - 1 === k || !hasWeights(net.layers[from - 1])) return place;
  const way = [from, from - 2] as const;
  return { from: from - 1, passes: allDown(net, passes, masks, way), own: down(net, own, masks, way) };
}
