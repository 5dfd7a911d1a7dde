import { type AveragedGradient, type Dataset, data, defences, reconstructAsync, type Watch } from '../../src/browser';
import { type Attacked, told } from './attack';
import { type Crude, crude } from './crude';
import { type Case, caseOf, type Setting } from './setting';

/** What the client does to its gradient before it shares it, and how much. */
export interface DefenceOrder {
  readonly setting: Setting;
  readonly defence: 'noise' | 'prune' | 'mask';
  /** noise: relative to the root mean square of each array; prune, mask: fraction in [0, 1) and [0, 1] */
  readonly strength: number;
}

/** Attacks what a defence leaves of a gradient, and reads it crudely too. */
export async function defend(digits: Dataset, order: DefenceOrder, watch: Watch): Promise<Attacked & Crude> {
  const known = caseOf(digits, order.setting);
  const shared = left(known, order);
  const found = await reconstructAsync(known.model, shared, { ...watch, seconds: 20 });
  return { ...told(known, shared, found), ...crude(known, shared) };
}

function left({ model, secret, gradient }: Case, { defence, strength }: DefenceOrder): AveragedGradient {
  if (defence === 'prune') return defences.prune(gradient, strength);
  if (defence === 'mask') return defences.maskExclusiveRows(model, secret, gradient, strength);
  return strength > 0 ? noisy(gradient, strength) : gradient;
}

/** Gaussian noise on each array, relative to its root mean square. */
function noisy(gradient: AveragedGradient, level: number): AveragedGradient {
  let seed = 0;
  const spoilt = (values: Float64Array): Float64Array => {
    const size = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    const noise = data.gaussian({ size: 1, dimension: values.length, seed: ++seed }).inputs.data;
    return values.map((v, k) => v + level * size * (noise[k] as number));
  };
  const gradients = gradient.gradients.map(({ weight, bias }) => ({
    weight: { ...weight, data: spoilt(weight.data) },
    ...(bias && { bias: spoilt(bias) }),
  }));
  return { ...gradient, gradients };
}
