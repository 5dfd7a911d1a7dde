import { gemm } from '../../math/gemm';
import { dot, matrix, norm, row } from '../../math/matrix';
import { sketch } from '../../math/sketch';
import { deltaBelow } from '../../model/backward';
import { type Activations, forward } from '../../model/forward';
import { lossVector, softmax } from '../../model/softmax';
import type { DenseMatrix, Mlp } from '../../types';
import type { Evidence } from '../evidence/evidence';
import type { ReadOff } from '../fit/cleaned';
import type { Prediction } from './weightFit';

/** Features that some rows of a layer may show, with what the layers above make of them. */
export interface Candidate extends ReadOff {
  readonly layer: number;
  readonly pass: Activations;
  /** pre-activations of the layer's neurons, and deviations of those */
  readonly z: Float64Array;
  readonly zError: Float64Array;
  /** delta_{layer+1} for each unit loss vector: K x widths[layer+2], the identity at the head */
  readonly responses: DenseMatrix;
  /** deviations of the logits, from the features' own error */
  readonly logitError: Float64Array;
}

/** Forward pass from the features, and its errors: those of the features, and the rounding of whoever computed the gradient. */
export function candidate({ model, unit, squares }: Evidence, layer: number, read: ReadOff): Candidate {
  const { features, error } = read;
  const pass = forward(model, matrix(1, features.length, features), layer);
  const z = pass.values[2 * layer + 1].data;
  const { weight } = model.dense[layer];
  // a sum of d products, each rounded: about sqrt(d / 6) times the rounding of their root sum of squares
  const growth = unit * Math.sqrt((1 + weight.columns / 2) / 3) * (norm(features) / Math.sqrt(features.length) || 0);
  const zError = squares[layer].map((s) => Math.sqrt(s) * Math.hypot(error, growth));
  const responses = lossResponses(model, pass, layer);
  const down = gemm(deltaBelowAll(model, responses, pass, layer), sketch(weight));
  const logitError = Float64Array.from({ length: down.rows }, (_, c) => error * norm(row(down, c)));
  return { ...read, layer, pass, z, zError, responses, logitError };
}

/**
 * What neurons of the layer show of the candidate with this label, at weight 1: their bias gradients delta_j, then their columns one
 * layer up, delta_{layer+1} a_j.
 *
 * @param t length of the features over the candidate's, in networks without biases
 */
export function predict(
  { model, unit }: Evidence,
  one: Candidate,
  members: readonly number[],
  label: number,
  t = 1,
): Prediction {
  const logits = t === 1 ? one.pass.logits.data : one.pass.logits.data.map((l) => l * t);
  const g = lossVector(logits, label);
  return predictFrom(model, one, members, g, lossVariance(one, logits, label, { t, tVariance: 0 }, unit));
}

/** The same from a loss vector and the variance of its entries. */
export function predictFrom(
  model: Mlp,
  { layer, z, zError, responses }: Candidate,
  members: readonly number[],
  g: Float64Array,
  gVariance: Float64Array,
): Prediction {
  const up = gemm(matrix(1, g.length, g), responses).data;
  const squaredResponses = { ...responses, data: responses.data.map((v) => v * v) };
  const upVariance = gemm(matrix(1, g.length, gVariance), squaredResponses).data;
  const { weight } = model.dense[layer + 1];
  const biased = model.dense[layer].bias ? members : [];
  const size = biased.length + members.length * up.length;
  const expected = new Float64Array(size);
  const variance = new Float64Array(size);
  biased.forEach((j, q) => {
    for (let c = 0; c < up.length; c++) {
      const w = weight.data[c * weight.columns + j];
      expected[q] += w * up[c];
      variance[q] += w * w * upVariance[c];
    }
  });
  let q = biased.length;
  for (const j of members) {
    const a = Math.max(z[j], 0);
    for (let c = 0; c < up.length; c++, q++) {
      expected[q] = up[c] * a;
      variance[q] = upVariance[c] * a * a + (up[c] * zError[j]) ** 2;
    }
  }
  return { expected, variance };
}

/** Length of a sample's features over the candidate's: 1 with biases. */
export interface Length {
  readonly t: number;
  /** 0 where the length is known */
  readonly tVariance: number;
}

/** Of the loss vector's entries: what the logits' errors do, rounding in exp and log, and p - 1, which cancels (method 13). */
export function lossVariance(
  { logitError }: Candidate,
  logits: Float64Array,
  label: number,
  { t, tVariance }: Length,
  unit: number,
): Float64Array {
  const p = softmax(logits);
  const mean = dot(p, logits);
  const top = Math.max(...logits);
  return p.map((v, c) => {
    const moved = v * (1 - v) * logitError[c] * t;
    const rounded = v * unit * (2 + Math.abs(logits[c] - top) + Math.abs(top));
    const stretched = (v * (logits[c] - mean)) / t;
    return moved ** 2 + rounded ** 2 + tVariance * stretched ** 2 + (c === label ? unit ** 2 : 0);
  });
}

/** delta_{layer+1} for each unit loss vector e_c: K rows, the identity at the head. */
function lossResponses(model: Mlp, pass: Activations, layer: number): DenseMatrix {
  const classes = pass.logits.columns;
  let delta = matrix(classes, classes);
  for (let c = 0; c < classes; c++) delta.data[c * classes + c] = 1;
  for (let i = model.dense.length - 2; i > layer; i--) delta = deltaBelowAll(model, delta, pass, i);
  return delta;
}

/** One layer down, for all unit loss vectors at the same features. */
function deltaBelowAll(model: Mlp, delta: DenseMatrix, pass: Activations, i: number): DenseMatrix {
  const active = pass.features[i + 1].data;
  const repeated = matrix(delta.rows, active.length);
  for (let c = 0; c < delta.rows; c++) row(repeated, c).set(active);
  return deltaBelow(model.dense[i + 1], delta, repeated, model.activations[i]);
}
