import { check } from '../check';
import { checkRelu } from '../model/checkActivation';
import type { ConvNet, Mlp } from '../types';

/**
 * The model, where a defence works on the neurons of a fully connected ReLU network.
 *
 * @throws InputError naming the defence when it is a network with convolutions or with another activation
 */
export function onlyMlp(caller: string, model: Mlp | ConvNet): Mlp {
  check(
    !('stack' in model),
    () =>
      `${caller}: the network has convolutions, expected a fully connected one (mlp): this defence changes exclusive neurons; for convolutions there are prune, quantise, dpSgd, dropout, withholdLayers`,
  );
  checkRelu(caller, model);
  return model;
}
