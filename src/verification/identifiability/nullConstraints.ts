import { gemm } from '../../math/gemm';
import { axpy, dot, norm, row } from '../../math/matrix';
import { silence } from '../../model/layers/relu';
import type { DenseMatrix, Mlp } from '../../types';
import type { Motions } from './motions';

/** Softmax: dg^m = S^m dlogits^m, as contributions to the gradient. */
function softmaxTerms({ loss, firstLayer }: Motions, v: Float64Array): { asked: Float64Array; given: Float64Array } {
  const K1 = loss.helmert.columns;
  const dZ = firstLayer(v);
  const asked = new Float64Array(loss.sizes.length * K1);
  const given = new Float64Array(asked.length);
  loss.sizes.forEach((size, m) => {
    if (size === 0) return; // saturated: neither side can move
    const map = loss.softmaxMaps[m];
    const logits = Float64Array.from(loss.directions[0], (d) => dot(row(d, m), row(dZ, m)) / size);
    for (let k = 0; k < K1; k++) {
      asked[m * K1 + k] = size * v[m * K1 + k];
      given[m * K1 + k] = dot(row(map, k), logits);
    }
  });
  return { asked, given };
}

/** What the softmax denies of a motion: zero when the loss vectors move as the logits do. */
export function softmaxMisfit(space: Motions, v: Float64Array): Float64Array {
  const { asked, given } = softmaxTerms(space, v);
  return asked.map((a, k) => a - given[k]);
}

/** dF_i (M x widths[i]) carried up from dZ_0 through the fixed patterns. */
function featureChange(model: Mlp, space: Motions, v: Float64Array, layer: number): DenseMatrix {
  let dZ = space.firstLayer(v);
  for (let i = 1; ; i++) {
    const dF = silence(dZ, space.activations.features[i]);
    if (i === layer) return dF;
    dZ = gemm(dF, model.dense[i].weight, { b: true });
  }
}

/** Rows `from`..`to` of Delta_iᵀ dF_i + E_iᵀ F_i, and of E_iᵀ 1 where the layer has biases. */
export function layerMisfit(
  model: Mlp,
  space: Motions,
  v: Float64Array,
  i: number,
  [from, to]: readonly [number, number],
): Float64Array[] {
  const dF = featureChange(model, space, v, i);
  const change = space.deltaChange(v, i);
  const F = space.activations.features[i];
  const delta = space.deltas[i];
  const rows: Float64Array[] = [];
  const biasRow = new Float64Array(to - from);
  for (let j = from; j < to; j++) {
    const total = new Float64Array(F.columns);
    for (let m = 0; m < F.rows; m++) {
      const e = change.data[m * change.columns + j];
      axpy(delta.data[m * delta.columns + j], row(dF, m), total);
      axpy(e, row(F, m), total);
      biasRow[j - from] += e;
    }
    rows.push(total);
  }
  if (model.dense[i].bias) rows.push(biasRow);
  return rows;
}

/** Size of the terms of {@link layerMisfit} before they cancel. */
export function layerTerms(model: Mlp, space: Motions, v: Float64Array, i: number): number {
  const dF = featureChange(model, space, v, i);
  const change = space.deltaChange(v, i);
  let sum = 0;
  for (let m = 0; m < dF.rows; m++) {
    sum += (norm(row(space.deltas[i], m)) * norm(row(dF, m))) ** 2;
    sum += (norm(row(change, m)) * norm(row(space.activations.features[i], m))) ** 2;
  }
  return Math.sqrt(sum);
}

/** Size of both sides of {@link softmaxMisfit} before they cancel. */
export function softmaxSize(space: Motions, v: Float64Array): number {
  const { asked, given } = softmaxTerms(space, v);
  return norm(asked) + norm(given);
}
