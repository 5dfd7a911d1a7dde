import { check, firstNonFinite } from '../../check';
import type { AffineLayer, ConvNet, Mlp } from '../../types';
import { convNetOf } from '../convNetOf';
import { mlpOf } from '../mlp';
import { affineFrom, type KernelAndBias } from './kernelOrder';
import type { LayersPlan } from './layersPlan';
import type { Step } from './steps';

/** The network of a plan, with the weights that its layers have now. */
export function networkOf(caller: string, { input, stack, dense }: LayersPlan): Mlp | ConvNet {
  const linear = dense.map(weightsOf);
  const biased = linear[0].bias !== undefined;
  check(
    linear.every(({ bias }) => (bias !== undefined) === biased),
    () => `${caller}: some dense layers have a bias and some have none, expected biases for all or for none`,
  );
  const classes = linear[linear.length - 1].weight.rows;
  check(classes >= 2, () => `${dense[dense.length - 1].where} has ${classes} unit, expected at least 2 classes`);
  const head = mlpOf(linear);
  if (!input) return head;
  const layers = stack.map((step): ConvNet['stack'][number] => {
    if (step.kind === 'relu') return { kind: 'relu' };
    if (step.kind !== 'conv2d') return { kind: step.kind, input: step.input, size: step.size, stride: step.stride };
    const { kind, input, kernel, stride, padding } = step;
    return { kind, input, kernel, stride, padding, ...weightsOf(step) };
  });
  return convNetOf(input, layers, head);
}

function weightsOf({ layer, from, where }: Extract<Step, { kind: 'conv2d' | 'dense' }>): AffineLayer {
  const values = layer.getWeights().map((weight) => weight.dataSync());
  for (const [k, numbers] of values.entries()) {
    const bad = firstNonFinite(numbers);
    check(
      bad < 0,
      () =>
        `${where}: its ${k === 0 ? 'kernel' : 'bias'} holds ${numbers[bad]} at index ${bad}, expected finite numbers`,
    );
  }
  return affineFrom(values as unknown as KernelAndBias, from);
}
