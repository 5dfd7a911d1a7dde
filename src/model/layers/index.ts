import type { ActivationLayer, AffineLayer, DenseLayer, Layer, Network, PlaneLayer, PReluLayer } from '../../types';
import { averagePool } from './averagePool';
import { conv2d } from './conv2d';
import { dense } from './dense';
import type { LayerKind } from './layerKind';
import { leakyRelu } from './leakyRelu';
import { maxPool } from './maxPool';
import { outputShape, sizeOf } from './planes';
import { prelu } from './prelu';
import { relu } from './relu';
import { relu6 } from './relu6';
import { sigmoid } from './sigmoid';

const kinds: { [K in Layer['kind']]: LayerKind<Extract<Layer, { kind: K }>> } = {
  dense,
  relu,
  leakyRelu,
  prelu,
  relu6,
  sigmoid,
  conv2d,
  maxPool,
  averagePool,
};

/** Forward, backward and weight gradient of the layer's kind. */
export function kindOf<L extends Layer>(layer: L): LayerKind<L> {
  return kinds[layer.kind] as unknown as LayerKind<L>; // the tag says which, the compiler cannot follow it
}

/** True for layers that have weights: one gradient is shared for each. */
export function hasWeights(layer: Layer): layer is Layer & AffineLayer {
  return 'weight' in layer;
}

/** True for layers that work entry by entry. */
export function isActivation<L extends Layer>(layer: L): layer is L & (ActivationLayer | PReluLayer) {
  return !('input' in layer || 'weight' in layer);
}

/** Entries of a sample. */
export function inputsOf(network: Network): number {
  const [first] = shapedLayers(network);
  return first.kind === 'dense' ? first.weight.columns : sizeOf(first.input);
}

/** True where a sample enters as planes, C x H x W. */
export function takesPlanes(network: Network): boolean {
  return shapedLayers(network)[0].kind !== 'dense';
}

/** Number of classes K. */
export function classesOf(network: Network): number {
  const last = shapedLayers(network).slice(-1)[0];
  return last.kind === 'dense' ? last.weight.rows : sizeOf(outputShape(last));
}

/** The layers that know how many values enter and leave them. */
function shapedLayers({ layers }: Network): (DenseLayer | PlaneLayer)[] {
  return layers.filter((layer) => !isActivation(layer)) as (DenseLayer | PlaneLayer)[];
}

/** The layers with weights, in the order of a gradient's arrays. */
export function weightedLayers({ layers }: Network): readonly (Layer & AffineLayer)[] {
  return layers.filter(hasWeights);
}
