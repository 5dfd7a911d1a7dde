import type { AffineLayer, Layer, Network } from '../../types';
import { dense } from './dense';
import type { LayerKind } from './layerKind';
import { relu } from './relu';

const kinds: { [K in Layer['kind']]: LayerKind<Extract<Layer, { kind: K }>> } = { dense, relu };

/** Forward, backward and weight gradient of the layer's kind. */
export function kindOf<L extends Layer>(layer: L): LayerKind<L> {
  return kinds[layer.kind] as unknown as LayerKind<L>; // the tag says which, the compiler cannot follow it
}

/** True for layers that have weights: one gradient is shared for each. */
export function hasWeights(layer: Layer): layer is Layer & AffineLayer {
  return 'weight' in layer;
}

/** Entries of a sample. */
export function inputsOf(network: Network): number {
  return weightedLayers(network)[0].weight.columns;
}

/** Number of classes K. */
export function classesOf(network: Network): number {
  const weighted = weightedLayers(network);
  return weighted[weighted.length - 1].weight.rows;
}

/** The layers with weights, in the order of a gradient's arrays. */
export function weightedLayers({ layers }: Network): readonly (Layer & AffineLayer)[] {
  return layers.filter(hasWeights);
}
