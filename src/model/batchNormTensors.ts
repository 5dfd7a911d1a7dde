import { check } from '../check';
import type { Tensor } from '../data/safetensors';
import { dot, matrix, norm, row } from '../math/matrix';
import { quantile } from '../math/quantile';
import type { AffineLayer } from '../types';
import type { Architecture } from './architecture';
import { normedBy } from './architectureOrder';
import { type BatchNorm, batchNormOf, folded, foldedGradient } from './batchNorm';
import { checkNumbers } from './stateDict';

type Tensors = ReadonlyMap<string, Tensor>;

/** A batch normalisation: its number among the modules, and that of the layer into which it is folded. */
interface Norm {
  readonly k: number;
  readonly below: number;
  readonly eps: number;
  /** opens messages */
  readonly where: string;
}

/**
 * The tensors of a state_dict with every batch normalisation folded into the layer before it; those of the normalisation are gone.
 *
 * @throws InputError when its tensors are missing, misshapen or not finite
 */
export function foldNorms(source: string, architecture: Architecture, tensors: Tensors): Tensors {
  const result = new Map(tensors);
  for (const one of normsOf(source, architecture)) {
    for (const name of parts) result.delete(`${one.k}.${name}`);
    const layer = affineOf(one, tensors);
    if (layer) put(result, one, folded(layer, normOf(one, tensors, layer.weight.rows)));
  }
  return result;
}

/**
 * The gradient of a network with batch normalisation as that of the folded one.
 *
 * @param model tensors of the state_dict, which has the running statistics
 * @throws InputError when the model is not given, a gradient is missing, or it shows that the client was in training mode
 */
export function foldNormGradients(
  source: string,
  architecture: Architecture,
  tensors: Tensors,
  model: Tensors | undefined,
): Tensors {
  const result = new Map(tensors);
  for (const one of normsOf(source, architecture)) {
    check(
      model !== undefined,
      () =>
        `${one.where}: the gradient alone does not tell its scale, expected the state_dict too; give its file as model`,
    );
    const [weights, gradient] = [affineOf(one, model), affineOf(one, tensors)];
    if (!weights || !gradient) continue;
    const { rows } = weights.weight;
    const scale = normOf(one, model, rows);
    const of = (name: string, from: Tensors): Float64Array | undefined => vector(one, name, from, rows);
    const [gamma, beta] = [of('weight', tensors), of('bias', tensors)];
    const added = folded(weights, scale).bias?.map((b, o) => b - (of('bias', model)?.[o] ?? 0)) ?? [];
    checkInference(
      one,
      Array.from(gamma ?? [], (g, o) => {
        const [w, own] = [row(weights.weight, o), row(gradient.weight, o)];
        return [g * (of('weight', model)?.[o] ?? 1), dot(w, own), added[o] * (beta?.[o] ?? 0), norm(w) * norm(own)];
      }),
    );
    for (const name of ['weight', 'bias']) result.delete(`${one.k}.${name}`);
    put(result, one, foldedGradient(one.where, gradient, beta, scale));
  }
  return result;
}

const parts = ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'];

function normsOf(source: string, { layers }: Architecture): Norm[] {
  return layers.flatMap((layer, k) => {
    if (layer.type !== 'BatchNorm2d' && layer.type !== 'BatchNorm1d') return [];
    const where = `${source}: layer ${k} (${layer.type})`;
    return [{ k, below: normedBy(layers, k), eps: layer.eps ?? 1e-5, where }];
  });
}

function normOf(one: Norm, tensors: Tensors, channels: number): BatchNorm {
  const statistic = (name: string): Float64Array => {
    const values = vector(one, name, tensors, channels);
    check(
      values !== undefined,
      () =>
        `${one.where}: ${one.k}.${name} is missing: without it the statistics are the batch's own, which mix its samples`,
    );
    return values;
  };
  return batchNormOf(one.where, {
    gamma: vector(one, 'weight', tensors, channels),
    beta: vector(one, 'bias', tensors, channels),
    mean: statistic('running_mean'),
    variance: statistic('running_var'),
    eps: one.eps,
  });
}

function vector({ k, where }: Norm, name: string, tensors: Tensors, channels: number): Float64Array | undefined {
  const tensor = tensors.get(`${k}.${name}`);
  if (!tensor) return undefined;
  check(
    tensor.shape.length === 1 && tensor.shape[0] === channels,
    () => `${where}: ${k}.${name} has shape [${tensor.shape}], expected [${channels}]`,
  );
  checkNumbers(where, `${k}.${name}`, tensor);
  return tensor.data;
}

/** The layer below, out x the rest; undefined where it is not there or misshapen, which is said by who reads the layers. */
function affineOf({ below }: Norm, tensors: Tensors): AffineLayer | undefined {
  const [weight, bias] = [tensors.get(`${below}.weight`), tensors.get(`${below}.bias`)];
  const out = weight?.shape[0] ?? 0;
  if (!weight || out < 1 || (bias && bias.data.length !== out)) return undefined;
  return { weight: matrix(out, weight.data.length / out, weight.data), ...(bias && { bias: bias.data }) };
}

function put(tensors: Map<string, Tensor>, { below }: Norm, { weight, bias }: AffineLayer): void {
  const old = tensors.get(`${below}.weight`) as Tensor;
  tensors.set(`${below}.weight`, { ...old, data: weight.data });
  if (bias) tensors.set(`${below}.bias`, { dtype: old.dtype, shape: [bias.length], data: bias });
}

/** Cosine between a filter and its gradient below which it is no accident, and misfit of the identity above which it does not hold. */
const [upright, missed] = [1e-3, 0.1];

/**
 * Statistics of the batch make the loss blind to a filter's size, so that its gradient G stands upright on it. Running ones do not, and
 * give every batch gamma dL/dgamma = W G + (b' - beta) dL/dbeta. Where the first is seen and the second is not, samples were mixed,
 * and the folded network has another gradient.
 */
function checkInference({ where }: Norm, terms: readonly (readonly [number, number, number, number])[]): void {
  const told = terms.filter((t) => t.every((v) => v !== 0));
  if (told.length === 0) return;
  const cosines = told.map(([, along, , size]) => Math.abs(along) / size);
  const misfits = told.map(([a, b, c]) => Math.abs(a - b - c) / (Math.abs(a) + Math.abs(b) + Math.abs(c)));
  check(
    !(quantile(cosines, 0.5) < upright && quantile(misfits, 0.5) > missed),
    () =>
      `${where}: the gradient was taken in training mode, by statistics of the batch, which mix its samples, expected ` +
      'inference mode; call net.eval() before the loss',
  );
}
