import { check } from '../../../check';
import { isActivation } from '../../../model/layers';
import { outputShape } from '../../../model/layers/planes';
import type { ActivationLayer, AveragePoolLayer, Conv2dLayer, Layer, MaxPoolLayer, PlaneShape } from '../../../types';

/** Layers that are handled in one go: a linear map, or none, whose largest values of each window are kept where positive. */
export interface Stage {
  readonly input: PlaneShape;
  readonly output: PlaneShape;
  readonly map?: Conv2dLayer | AveragePoolLayer;
  readonly pool?: MaxPoolLayer;
  /** always taken behind the pooling: the same function at a fraction of the work */
  readonly activation: ActivationLayer | null;
}

/** The last activation among the layers: what is known of a feature depends on it. */
export function lastActivation(layers: readonly Layer[]): ActivationLayer | null {
  return layers.filter((l): l is ActivationLayer => isActivation(l) && l.kind !== 'prelu').pop() ?? null;
}

/** Whether an activation forgets values, so that where it ends the layers it is left out: silent features then keep their value. */
export function forgets(activation: ActivationLayer | null): boolean {
  return activation?.kind === 'relu' || activation?.kind === 'relu6';
}

/**
 * The stages of the lower layers of a network; a ReLU or ReLU6 that ends the last one is left out.
 *
 * @throws InputError unless the layers are convolutions, activations and pooling, and all that leaves them has passed an activation
 */
export function stagesOf(layers: readonly Layer[]): Stage[] {
  const stages: Stage[] = [];
  for (const layer of layers) {
    check(
      layer.kind !== 'dense' && layer.kind !== 'prelu',
      () => `lastHop: a ${layer.kind} layer is among the lower layers, expected only planes`,
    );
    const last = stages[stages.length - 1];
    if (isActivation(layer)) {
      check(last !== undefined, () => 'lastHop: the first layer is an activation, expected a convolution or pooling');
      const before = last.activation;
      check(
        before === null || (before.kind === 'relu' && layer.kind === 'relu'),
        () => `lastHop: ${layer.kind} stands on ${before?.kind}, expected one activation at a time`,
      );
      stages[stages.length - 1] = { ...last, activation: layer };
    } else if (layer.kind === 'maxPool' && last && !last.pool) {
      stages[stages.length - 1] = { ...last, pool: layer, output: outputShape(layer) };
    } else {
      const one = layer.kind === 'maxPool' ? { pool: layer } : { map: layer };
      stages.push({ input: layer.input, output: outputShape(layer), activation: null, ...one });
    }
  }
  const weighted = layers.reduce((at, layer, k) => (layer.kind === 'conv2d' ? k : at), -1);
  check(
    weighted >= 0 && layers.slice(weighted).some(isActivation),
    () => 'lastHop: no ReLU behind the last convolution, expected layers up to a ReLU or pooling',
  );
  const end = stages.length - 1;
  return stages.map((stage, k) => (k === end && forgets(stage.activation) ? { ...stage, activation: null } : stage));
}
