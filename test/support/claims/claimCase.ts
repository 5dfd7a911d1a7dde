import { gaussian } from '../../../src/data/synthetic';
import { mapGradient } from '../../../src/defences/mapGradient';
import { prune } from '../../../src/defences/prune';
import { quantise } from '../../../src/defences/quantise';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { matrix, row } from '../../../src/math/matrix';
import { normal, type Rng, rng } from '../../../src/math/rng';
import { inFloat32 } from '../../../src/model/inFloat32';
import type { Initialiser } from '../../../src/model/initialise';
import { mlp, mlpOf } from '../../../src/model/mlp';
import { sgdStep, toNetwork, toTrainable } from '../../../src/model/sgdStep';
import type { AffineLayer, AveragedGradient, Batch, Mlp, PiecewiseLinear } from '../../../src/types';

/** What was done to the gradient after it was computed. */
export type Disturbed = 'no' | 'noise' | 'fp16' | 'int8' | 'prune' | 'scaled';

/** One case of the claims campaign; its seed says it all. */
export interface ClaimCase {
  readonly seed: number;
  readonly title: string;
  readonly model: Mlp;
  readonly secret: Batch;
  readonly gradient: AveragedGradient;
  readonly disturbed: Disturbed;
}

/**
 * A random network, batch and gradient, hard ones on purpose: trained networks with confident samples, float32 arithmetic,
 * near-duplicates, equal samples, one label, no biases, two classes, dark inputs, noise, rounding, unknown factors.
 *
 * @param bent leaky ReLUs or ReLU6, some of which clip, in the place of ReLUs
 */
export function claimCase(seed: number, bent = false): ClaimCase {
  const u = rng(seed);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(u() * choices.length)] as T;
  const classes = pick([2, 2, 3, 5, 10, 10, 20]);
  const width = 4 + Math.floor(u() * 80);
  const depth = pick([1, 1, 1, 1, 2, 2, 3, 4]);
  const hidden = Array.from({ length: depth }, () => pick([8, 16, 32, 64, 96, 128, 160]));
  const biases = u() < 0.75;
  const init = pick<Initialiser>(['pytorch', 'pytorch', 'he', 'xavier']);
  const kind = pick<Kind>(['gaussian', 'pixels', 'bits']);
  const plain = mlp({ widths: [width, ...hidden, classes], seed, biases, init });
  const fresh = bent ? bentNet(plain, seed) : plain;
  const source = samples(kind, 256, width, classes, u);
  const steps = pick([0, 0, 20, 100, 300, 600]);
  const model = trained(fresh, source, steps, u);
  const arrangement = pick<Arrangement>(['plain', 'plain', 'plain', 'plain', 'near', 'near', 'equal', 'one label']);
  const secret = drawn(source, 1 + Math.floor(u() ** 1.5 * 20), arrangement, u);
  const precision = pick(['float64', 'float32', 'float32', 'rounded'] as const);
  const reduction = pick(['mean', 'mean', 'mean', 'sum'] as const);
  const disturbed = pick<Disturbed>([
    'no',
    'no',
    'no',
    'no',
    'no',
    'noise',
    'noise',
    'fp16',
    'int8',
    'prune',
    'scaled',
  ]);
  const exact = captureGradient(model, secret, { precision, reduction });
  const level = 10 ** (-1 - 9 * u());
  const gradient = disturb(exact, disturbed, level, u);
  const title = [
    model.widths.join('-'),
    bent ? fresh.activations.map((a) => (a.kind === 'leakyRelu' ? a.slope.toFixed(2) : a.kind)).join(' ') : '',
    biases ? '' : 'no biases',
    `${init}, ${steps} steps`,
    `M = ${secret.labels.length} ${kind} ${arrangement}`,
    `${precision} ${reduction}`,
    disturbed === 'no' ? '' : `${disturbed} ${level.toExponential(1)}`,
  ];
  return { seed, title: title.filter(Boolean).join(', '), model, secret, gradient, disturbed };
}

/** The network with other activations, and larger weights below ReLU6, so that some neurons reach its upper end. */
function bentNet({ dense }: Mlp, seed: number): Mlp {
  const u = rng(seed + 1_000_000);
  const leaky = (): PiecewiseLinear => ({ kind: 'leakyRelu', slope: 0.01 + 0.6 * u() ** 2 });
  const six: PiecewiseLinear = { kind: 'relu6' };
  const one = leaky();
  const kind = u();
  const hidden = dense.slice(1);
  const activations = hidden.map(() =>
    kind < 0.5 ? one : kind < 0.6 ? leaky() : kind < 0.9 ? six : u() < 0.5 ? six : leaky(),
  );
  const larger = 1 + 4 * u();
  const scaled = dense.map(({ weight, bias }, i): AffineLayer => {
    const data = activations[i]?.kind === 'relu6' ? weight.data.map((v) => larger * v) : weight.data;
    return { weight: { ...weight, data }, ...(bias && { bias }) };
  });
  return mlpOf(scaled, activations);
}

type Kind = 'gaussian' | 'pixels' | 'bits';
export type Arrangement = 'plain' | 'near' | 'equal' | 'one label';

/** Samples that a network can learn: each class has its own centre. */
function samples(kind: Kind, size: number, dimension: number, classes: number, u: Rng): Batch {
  const centres = gaussian({ size: classes, dimension, seed: Math.floor(u() * 2 ** 31) }).inputs;
  const labels = Int32Array.from({ length: size }, () => Math.floor(u() * classes));
  const inputs = matrix(size, dimension);
  for (let m = 0; m < size; m++) {
    const centre = row(centres, labels[m]!);
    row(inputs, m).set(
      centre.map((c) => {
        const v = c + normal(u);
        if (kind === 'gaussian') return v;
        return kind === 'bits' ? Number(v > 0.3) : Math.max(0, Math.min(1, 0.4 * v)); // dark pixels are exactly zero
      }),
    );
  }
  return { inputs: { ...inputs, data: inputs.data.map(Math.fround) }, labels };
}

function trained(fresh: Mlp, source: Batch, steps: number, u: Rng): Mlp {
  const net = toTrainable(fresh);
  for (let step = 0; step < steps; step++) sgdStep(net, drawn(source, 32, 'plain', u), 0.2);
  return inFloat32(toNetwork(net));
}

/** A batch of these samples, arranged to be hard. */
export function drawn({ inputs, labels }: Batch, size: number, arrangement: Arrangement, u: Rng): Batch {
  const own = arrangement === 'one label' ? labels[Math.floor(u() * labels.length)] : undefined;
  const chosen: number[] = [];
  while (chosen.length < size) {
    const m = Math.floor(u() * labels.length);
    if (own === undefined || labels[m] === own || u() < 0.01) chosen.push(m);
  }
  const batch = { inputs: matrix(size, inputs.columns), labels: Int32Array.from(chosen, (m) => labels[m]!) };
  chosen.forEach((m, at) => row(batch.inputs, at).set(row(inputs, m)));
  if (size < 2 || arrangement === 'plain' || arrangement === 'one label') return batch;
  const distance = arrangement === 'near' ? 10 ** (-5 * u()) : 0;
  const pairs = 1 + Math.floor((u() * size) / 3);
  for (let k = 0; k < pairs; k++) {
    const [from, to] = [Math.floor(u() * size), Math.floor(u() * size)];
    row(batch.inputs, to).set(row(batch.inputs, from).map((v) => Math.fround(v + distance * normal(u))));
    if (u() < 0.9) batch.labels[to] = batch.labels[from]!;
  }
  return batch;
}

/** Does something to a gradient; how much of it is `level`, relative to the size of an array. */
export function disturb(gradient: AveragedGradient, how: Disturbed, level: number, u: Rng): AveragedGradient {
  if (how === 'fp16' || how === 'int8') return quantise(gradient, how);
  if (how === 'prune') return prune(gradient, 0.1 + 0.8 * u());
  if (how === 'scaled') {
    const factor = Math.fround(10 ** (-6 + 12 * u()));
    const scaled = (v: number): number => (gradient.precision === 'float32' ? Math.fround(v * factor) : v * factor);
    return mapGradient(gradient, (values) => values.map(scaled));
  }
  if (how === 'no') return gradient;
  return {
    ...mapGradient(gradient, (values) => {
      const size = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
      return values.map((v) => v + level * size * normal(u));
    }),
    precision: 'float64',
  };
}
