import { check, firstNonFinite } from '../../check';
import type { AffineLayer, ConvNet, Mlp } from '../../types';
import { type BatchNorm, batchNormOf, folded } from '../batchNorm';
import { convNetOf } from '../convNetOf';
import { mlpOf } from '../mlp';
import { affineFrom, type KernelAndBias } from './kernelOrder';
import type { LayersPlan } from './layersPlan';
import type { Norm, Step } from './steps';

/** A step with weights. */
export type WeightedStep = Extract<Step, { kind: 'conv2d' | 'dense' }>;

/** The network of a plan, with the weights that its layers have now. */
export function networkOf(caller: string, { input, stack, dense, hidden }: LayersPlan): Mlp | ConvNet {
  const linear = dense.map(weightsOf);
  const biased = linear[0].bias !== undefined;
  check(
    linear.every(({ bias }) => (bias !== undefined) === biased),
    () => `${caller}: some dense layers have a bias and some have none, expected biases for all or for none`,
  );
  const classes = linear[linear.length - 1].weight.rows;
  check(classes >= 2, () => `${dense[dense.length - 1].where} has ${classes} unit, expected at least 2 classes`);
  const head = mlpOf(linear, hidden);
  if (!input) return head;
  const layers = stack.map((step): ConvNet['stack'][number] => {
    if (step.kind === 'leakyRelu') return { kind: step.kind, slope: step.slope };
    if (step.kind === 'relu' || step.kind === 'relu6' || step.kind === 'sigmoid') return { kind: step.kind };
    if (step.kind !== 'conv2d') return { kind: step.kind, input: step.input, size: step.size, stride: step.stride };
    const { kind, input, kernel, stride, padding } = step;
    return { kind, input, kernel, stride, padding, ...weightsOf(step) };
  });
  return convNetOf(input, layers, head);
}

/** With the batch normalisation behind it folded in. */
function weightsOf({ layer, from, where, norm }: WeightedStep): AffineLayer {
  const values = layer.getWeights().map((weight) => weight.dataSync());
  checkFinite(where, values, ['kernel', 'bias']);
  const affine = affineFrom(values as unknown as KernelAndBias, from);
  return norm ? folded(affine, normOf(norm)) : affine;
}

/** What a batch normalisation does by its moving statistics. */
export function normOf({ layer, where, eps }: Norm): BatchNorm {
  const { center, scale } = layer.getConfig();
  const names = [...(scale ? ['gamma'] : []), ...(center ? ['beta'] : []), 'mean', 'variance'];
  const values = layer.getWeights().map((weight) => weight.dataSync());
  checkFinite(where, values, names);
  const of = (name: string): ArrayLike<number> => values[names.indexOf(name)];
  const statistics = { mean: of('mean'), variance: of('variance') };
  return batchNormOf(where, { gamma: of('gamma'), beta: of('beta'), ...statistics, eps });
}

function checkFinite(where: string, values: readonly ArrayLike<number>[], names: readonly string[]): void {
  for (const [k, numbers] of values.entries()) {
    const bad = firstNonFinite(numbers);
    check(bad < 0, () => `${where}: its ${names[k]} holds ${numbers[bad]} at index ${bad}, expected finite numbers`);
  }
}
