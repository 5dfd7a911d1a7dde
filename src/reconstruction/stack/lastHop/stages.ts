import { check } from '../../../check';
import { outputShape } from '../../../model/layers/planes';
import type { AveragePoolLayer, Conv2dLayer, Layer, MaxPoolLayer, PlaneShape } from '../../../types';

/** Layers that are handled in one go: a linear map, or none, whose largest values of each window are kept where positive. */
export interface Stage {
  readonly input: PlaneShape;
  readonly output: PlaneShape;
  readonly map?: Conv2dLayer | AveragePoolLayer;
  readonly pool?: MaxPoolLayer;
  /** ReLU, always taken behind the pooling: the same function at a fraction of the work */
  readonly relu: boolean;
}

/**
 * The stages of the lower layers of a network; a ReLU that ends the last one is left out, so that silent features keep their value.
 *
 * @throws InputError unless the layers are convolutions, ReLUs and pooling, and all that leaves them has passed a ReLU
 */
export function stagesOf(layers: readonly Layer[]): Stage[] {
  const stages: Stage[] = [];
  for (const layer of layers) {
    check(
      layer.kind !== 'dense' && layer.kind !== 'leakyRelu' && layer.kind !== 'relu6',
      () => `lastHop: ${layer.kind} is among the lower layers, expected only convolutions, pooling and ReLU`,
    );
    const last = stages[stages.length - 1];
    if (layer.kind === 'relu') {
      check(last !== undefined, () => 'lastHop: the first layer is a ReLU, expected a convolution or pooling');
      stages[stages.length - 1] = { ...last, relu: true };
    } else if (layer.kind === 'maxPool' && last && !last.pool) {
      stages[stages.length - 1] = { ...last, pool: layer, output: outputShape(layer) };
    } else {
      const one = layer.kind === 'maxPool' ? { pool: layer } : { map: layer };
      stages.push({ input: layer.input, output: outputShape(layer), relu: false, ...one });
    }
  }
  const weighted = layers.reduce((at, layer, k) => (layer.kind === 'conv2d' ? k : at), -1);
  check(
    weighted >= 0 && layers.slice(weighted).some(({ kind }) => kind === 'relu'),
    () => 'lastHop: no ReLU behind the last convolution, expected layers up to a ReLU or pooling',
  );
  return stages.map((stage, k) => (k === stages.length - 1 ? { ...stage, relu: false } : stage));
}
