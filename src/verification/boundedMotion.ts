import { dot, matrix, norm } from '../math/matrix';
import type { DenseMatrix } from '../types';
import { type ClosedForm, stepWithin } from './closedFormWitness';

/**
 * A motion N C Pᵀ that keeps X + D inside the bounds although many entries lie on them, as dark pixels do.
 *
 * Entries at a bound may move one way only. Inputs (pixels) for which no combination of samples moves all of those the
 * right way are pinned; among the others the motion is projected in turn on the closed form and on the slightly smaller
 * box (Dykstra 1983), so that it ends inside and not on the edge.
 *
 * @param wanted the wish (M x d0)
 * @returns a motion inside the bounds, or undefined when none was found
 */
export function boundedMotion(
  inputs: DenseMatrix,
  form: ClosedForm,
  wanted: DenseMatrix,
  [lower, upper]: readonly [number, number],
  rounds = 200,
): DenseMatrix | undefined {
  const pinned = [...Array(inputs.columns).keys()].map((j) => !movable(inputs, form, j, lower, upper));
  if (pinned.every((p) => p)) return undefined;
  const { project } = form.pin(pinned);
  const shape = (data: Float64Array): DenseMatrix => matrix(inputs.rows, inputs.columns, data);
  const edge = 0.01 * (upper - lower);
  let y = wanted.data;
  for (let n = 0; n < rounds; n++) {
    const d = project(shape(y)).data;
    const next = new Float64Array(d.length);
    let outside = 0;
    for (let k = 0; k < d.length; k++) {
      if (pinned[k % inputs.columns]) continue;
      const x = inputs.data[k] as number;
      const at = d[k] as number;
      const clipped = Math.min(upper - edge - x, Math.max(lower + edge - x, at));
      next[k] = at + 1.9 * (clipped - at); // beyond the box: reaches the intersection in finitely many rounds
      outside = Math.max(outside, lower - x - at, x + at - upper);
    }
    if (outside <= 0 && norm(d) > 0) return shape(d);
    y = next;
  }
  // nearly there: shorten the motion as far as the bounds ask
  const d = project(shape(y));
  const t = stepWithin(inputs, d, [lower, upper], 1);
  return t > 0.1 ? shape(d.data.map((v) => t * v)) : undefined;
}

/** Is there a combination of samples that moves every entry of input j that lies on a bound strictly inwards? (perceptron) */
function movable(
  { data, rows, columns }: DenseMatrix,
  form: ClosedForm,
  j: number,
  lower: number,
  upper: number,
): boolean {
  const constraints: Float64Array[] = [];
  for (let m = 0; m < rows; m++) {
    const x = data[m * columns + j] as number;
    const side = x <= lower ? 1 : x >= upper ? -1 : 0;
    if (side === 0) continue;
    const c = Float64Array.from(form.combinations, (n) => side * (n[m] as number));
    const size = norm(c);
    if (size < 1e-9) continue; // no combination moves this sample at all
    constraints.push(c.map((v) => v / size));
  }
  const w = new Float64Array(form.combinations.length);
  for (let epoch = 0; epoch < 300; epoch++) {
    let mistakes = 0;
    for (const c of constraints)
      if (!(dot(w, c) > 1e-3 * norm(w))) {
        for (let f = 0; f < w.length; f++) w[f] = (w[f] as number) + (c[f] as number);
        mistakes++;
      }
    if (mistakes === 0) return true;
  }
  return false;
}
