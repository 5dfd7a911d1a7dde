import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { captureGradient } from '../../src/gradient/captureGradient';
import type { AveragedGradient, Batch, Mlp } from '../../src/types';

export function flatten({ gradients }: Pick<AveragedGradient, 'gradients'>): number[] {
  return gradients.flatMap(({ weight, bias }) => [...weight.data, ...(bias ?? [])]);
}

/** Central differences of the summed gradient, one column per input entry: the definition, for small nets only. */
export function denseJacobian(model: Mlp, batch: Batch, step = 1e-4): number[][] {
  const at = (k: number, by: number): number[] => {
    const data = batch.inputs.data.slice();
    data[k] = (data[k] as number) + by;
    return flatten(captureGradient(model, { ...batch, inputs: { ...batch.inputs, data } }, { reduction: 'sum' }));
  };
  return Array.from(batch.inputs.data, (_, k) => {
    const [up, down] = [at(k, step), at(k, -step)];
    return up.map((v, i) => (v - (down[i] as number)) / (2 * step));
  });
}

/** Numerical rank of J from the eigenvalues of its Gram matrix, unknowns scaled to unit columns where they are felt. */
export function denseRank(columns: number[][], tolerance = 1e-6): { rank: number; values: number[] } {
  const sizes = columns.map((c) => Math.hypot(...c));
  const top = Math.max(...sizes);
  if (top === 0) return { rank: 0, values: [] };
  const scaled = columns.map((c, k) => c.map((v) => v / Math.max(sizes[k] as number, 1e-9 * top)));
  const m = new Matrix(scaled);
  const values = new EigenvalueDecomposition(m.mmul(m.transpose()), { assumeSymmetric: true }).realEigenvalues
    .map((v) => Math.sqrt(Math.max(v, 0)))
    .sort((a, b) => b - a);
  return { rank: values.filter((v) => v > tolerance * (values[0] as number)).length, values };
}
