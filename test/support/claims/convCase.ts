import { captureGradient } from '../../../src/gradient/captureGradient';
import { axpy, matrix, norm, row } from '../../../src/math/matrix';
import { normal, type Rng, rng } from '../../../src/math/rng';
import { type ConvStep, convNet } from '../../../src/model/convNet';
import { convNetOf } from '../../../src/model/convNetOf';
import { affineInFloat32 } from '../../../src/model/inFloat32';
import type { ConvInitialiser } from '../../../src/model/initialiseConv';
import { hasWeights, isActivation, weightedLayers } from '../../../src/model/layers';
import { mlpOf } from '../../../src/model/mlp';
import type { ActivationLayer, AffineLayer, AveragedGradient, Batch, ConvNet, PlaneShape } from '../../../src/types';
import { type Arrangement, type Disturbed, disturb, drawn } from './claimCase';

/** One case of the claims campaign for networks with convolutions; its seed says it all. */
export interface ConvCase {
  readonly seed: number;
  readonly title: string;
  readonly model: ConvNet;
  readonly secret: Batch;
  readonly gradient: AveragedGradient;
  readonly disturbed: Disturbed;
}

/**
 * A random small network with convolutions, batch and gradient, hard ones on purpose: too few filters, kernels that step over pixels,
 * planes whose sides pooling does not divide, average pooling, heads without a hidden layer, confident samples, near-duplicates, dark and
 * negative inputs.
 *
 * @param open mostly fresh networks with filters enough and few samples: most come out whole, and what is called exact can be wrong
 * @param bent leaky ReLUs or ReLU6, some of which clip, in the place of the stack's ReLUs
 */
export function convCase(seed: number, open = false, bent = false): ConvCase {
  const u = rng(seed);
  const pick = <T>(choices: readonly T[], easy = choices): T => {
    const list = open ? easy : choices;
    return list[Math.floor(u() * list.length)] as T;
  };
  const input = {
    channels: pick([1, 1, 2, 3]),
    height: 6 + Math.floor(u() ** 2 * 7),
    width: 6 + Math.floor(u() ** 2 * 7),
  };
  if (open || u() < 0.6) input.width = input.height;
  const plan = planOf(input, pick([1, 2, 2, 3, 3, 4], [1, 2, 2, 3]), u, open);
  const head = pick<number[]>([[], [16], [32], [64], [64], [64], [64], [64, 32]], [[64], [96], [96], [96, 64]]);
  const classes = pick([2, 3, 5, 10, 10]);
  const init = pick<ConvInitialiser>(['torchvision', 'he', 'he', 'pytorch']);
  const biases = u() < 0.85;
  const plain = convNet({ input, plan, head, classes, init, seed });
  const fresh = bent ? bentNet(plain, seed) : plain;
  const kind = pick<Kind>(['pixels', 'pixels', 'pixels', 'gaussian', 'gaussian', 'negative', 'dark']);
  const source = samples(kind, 64, input, classes, u);
  const steps = pick([0, 0, 0, 5, 20, 60], [0, 0, 0, 0, 10]);
  const model = trained(biases ? fresh : withoutBiases(fresh), source, steps, u);
  const arrangement = pick<Arrangement>(
    ['plain', 'plain', 'plain', 'plain', 'near', 'near', 'equal', 'one label'],
    ['plain', 'plain', 'near'],
  );
  const secret = drawn(source, 1 + Math.floor(u() ** 1.5 * (open ? 4 : 6)), arrangement, u);
  const precision = pick(['float64', 'float32', 'float32', 'rounded'] as const);
  const reduction = pick(['mean', 'mean', 'mean', 'sum'] as const);
  const disturbed = pick<Disturbed>(
    ['no', 'no', 'no', 'no', 'no', 'no', 'noise', 'noise', 'fp16', 'prune', 'scaled'],
    ['no', 'no', 'no', 'no', 'noise', 'fp16'],
  );
  const exact = captureGradient(model, secret, { precision, reduction });
  const level = 10 ** (-1 - 9 * u());
  const title = [
    `${input.channels}x${input.height}x${input.width} [${plan.map(shown).join(' ')}] [${head.join(' ')}] ${classes}`,
    bent ? JSON.stringify(fresh.stack.find(isActivation)) : '',
    biases ? '' : 'no biases',
    `${init}, ${steps} steps`,
    `M = ${secret.labels.length} ${kind} ${arrangement}`,
    `${precision} ${reduction}`,
    disturbed === 'no' ? '' : `${disturbed} ${level.toExponential(1)}`,
  ];
  const gradient = disturb(exact, disturbed, level, u);
  return { seed, title: title.filter(Boolean).join(', '), model, secret, gradient, disturbed };
}

/** Truths that a certificate must not hold for: one label, one pixel, one sample off. */
export function spoiled({ secret, model, seed }: ConvCase): { readonly how: string; readonly batch: Batch }[] {
  const u = rng(seed + 1);
  const { inputs, labels } = secret;
  const M = labels.length;
  const classes = model.head.widths[model.head.widths.length - 1]!;
  const label = labels.slice();
  const m = Math.floor(u() * M);
  label[m] = (label[m]! + 1 + Math.floor(u() * (classes - 1))) % classes;
  const moved = inputs.data.slice();
  moved[Math.floor(u() * moved.length)]! += 1e-2;
  const fewer = { inputs: matrix(M - 1, inputs.columns), labels: labels.slice(1) };
  fewer.inputs.data.set(inputs.data.subarray(inputs.columns));
  return [
    { how: 'a label changed', batch: { inputs, labels: label } },
    { how: 'a pixel changed by 1e-2', batch: { inputs: { ...inputs, data: moved }, labels } },
    ...(M > 1 ? [{ how: 'a sample dropped', batch: fewer }] : []),
  ];
}

type Step = ConvStep | 'maxPool' | 'averagePool';
type Kind = 'pixels' | 'gaussian' | 'negative' | 'dark';

function planOf({ height, width }: PlaneShape, convolutions: number, u: Rng, open: boolean): Step[] {
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(u() * choices.length)] as T;
  const plan: Step[] = [];
  let side = Math.min(height, width);
  for (let k = 0; k < convolutions; k++) {
    const kernel = pick([1, 3, 3, 3, 3, 5]);
    const padding = pick([Math.floor(kernel / 2), Math.floor(kernel / 2), Math.floor(kernel / 2), 0]);
    const stride = pick(open ? [1] : [1, 1, 1, 2]);
    if (kernel > side + 2 * padding) continue;
    side = Math.floor((side + 2 * padding - kernel) / stride) + 1;
    plan.push({ filters: pick(open ? [48, 64, 96] : [8, 16, 24, 32, 48, 48]), kernel, stride, padding });
    if (side < 2 || u() > 0.45) continue;
    plan.push(open || u() < 0.92 ? 'maxPool' : 'averagePool');
    side = Math.floor(side / 2);
  }
  return plan.length > 0 ? plan : [{ filters: 16 }];
}

function shown(step: Step): string {
  if (typeof step === 'string') return step;
  const { filters, kernel, stride, padding } = step;
  return `${filters}k${kernel}s${stride}p${padding}`;
}

/** Smooth planes, a centre for each class; in float32, as pictures are. */
function samples(kind: Kind, size: number, { channels, height, width }: PlaneShape, classes: number, u: Rng): Batch {
  const pixels = channels * height * width;
  const wave = (): ((c: number, y: number, x: number) => number) => {
    const [a, b, p, q] = [3 * u() - 1.5, 3 * u() - 1.5, 6 * u(), 6 * u()];
    return (c, y, x) => Math.cos(a * y + b * x + p + q * c);
  };
  const centres = Array.from({ length: classes }, wave);
  const labels = Int32Array.from({ length: size }, () => Math.floor(u() * classes));
  const inputs = matrix(size, pixels);
  for (let m = 0; m < size; m++) {
    const own = wave();
    const into = row(inputs, m);
    for (let k = 0; k < pixels; k++) {
      const [c, y, x] = [Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width];
      const v = centres[labels[m]!]!(c, y, x) + own(c, y, x);
      const pixel = Math.max(0, Math.min(1, 0.5 + 0.2 * v + 0.05 * normal(u)));
      if (kind === 'gaussian') into[k] = v + normal(u);
      else if (kind === 'dark') into[k] = pixel < 0.5 ? 0 : 2 * pixel - 1;
      else into[k] = kind === 'negative' ? -pixel : pixel;
    }
  }
  return { inputs: { ...inputs, data: inputs.data.map(Math.fround) }, labels };
}

function trained(net: ConvNet, source: Batch, steps: number, u: Rng): ConvNet {
  let model = net;
  for (let step = 0; step < steps; step++) {
    const { gradients } = captureGradient(model, drawn(source, 16, 'plain', u));
    const size = Math.hypot(...gradients.map(({ weight }) => norm(weight.data)));
    const rate = -0.1 / Math.max(1, size);
    model = mapLayers(model, ({ weight, bias }, i) => {
      const own = { weight: { ...weight, data: weight.data.slice() }, ...(bias && { bias: bias.slice() }) };
      axpy(rate, gradients[i]!.weight.data, own.weight.data);
      if (own.bias) axpy(rate, gradients[i]!.bias!, own.bias);
      return own;
    });
  }
  return mapLayers(model, affineInFloat32);
}

/** ReLU6 gets its first kernels enlarged, so that some neurons clip. */
function bentNet(net: ConvNet, seed: number): ConvNet {
  const kinds: readonly ActivationLayer[] = [
    { kind: 'leakyRelu', slope: 0.01 },
    { kind: 'leakyRelu', slope: 0.2 },
    { kind: 'relu6' },
  ];
  const activation = kinds[seed % kinds.length]!;
  const stack = net.stack.map((layer) => (isActivation(layer) ? activation : layer));
  const large = activation.kind === 'relu6' ? 10 : 1;
  return mapLayers(convNetOf(net.input, stack, net.head), ({ weight, bias }, i) => ({
    weight: i === 0 ? { ...weight, data: weight.data.map((v) => large * v) } : weight,
    ...(bias && { bias }),
  }));
}

function withoutBiases(net: ConvNet): ConvNet {
  return mapLayers(net, ({ weight }) => ({ weight }));
}

/** The network with other weights. */
function mapLayers(net: ConvNet, change: (layer: AffineLayer, i: number) => AffineLayer): ConvNet {
  const changed = weightedLayers(net).map(change);
  let at = 0;
  const stack = net.stack.map((layer) => {
    if (!hasWeights(layer) || layer.kind !== 'conv2d') return layer;
    const { bias: _, ...rest } = layer;
    return { ...rest, ...changed[at++]! };
  });
  return convNetOf(net.input, stack, mlpOf(changed.slice(at)));
}
