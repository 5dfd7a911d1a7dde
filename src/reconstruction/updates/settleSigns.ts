import { axpy, dot, matrix, norm, plus, row } from '../../math/matrix';
import type { DenseMatrix, ModelUpdate } from '../../types';
import { type LocalState, localReplay } from './localReplay';
import type { BatchInDoubt } from './proveUpdate';

/** Error bars of a pre-activation within which its sign is open. */
const open = 30;
const rounds = 4;

/**
 * A neuron within rounding of zero may have been on in the client and be off in a replay, or the other way; the sample's summed deltas show
 * it, since they come from the update. Each input is moved, by less than its error, to where its neurons have the signs seen.
 *
 * @param batch with each sample's deltas summed over all steps (M x n), as the update shows them, and the noise of each row
 * @returns the inputs, moved where needed
 */
export function settleSigns(
  { before, after, ...training }: ModelUpdate,
  {
    inputs: given,
    labels,
    errors,
    summed,
    tolerance,
  }: BatchInDoubt & { readonly summed: DenseMatrix; readonly tolerance: Float64Array },
  parts: readonly (readonly number[])[],
): DenseMatrix {
  const inputs = matrix(given.rows, given.columns, given.data.slice());
  const middle = plus(before.dense[0].weight, after.dense[0].weight);
  for (let round = 0; round < rounds; round++) {
    const { start, step } = localReplay(before, { inputs, labels }, training, parts.length);
    const states: LocalState[] = [start];
    for (const part of parts) states.push(step(states[states.length - 1], part));
    const end = states[states.length - 1];
    let moved = false;
    for (let m = 0; m < summed.rows; m++) {
      const own = parts.flatMap((part, t) => (part.includes(m) ? [states[t]] : []));
      for (let j = 0; j < summed.columns; j++) {
        const at = m * summed.columns + j;
        if (!(Math.abs(summed.data[at] - end.summed.data[at]) > tolerance[m])) continue;
        const z = own.map((state) => state.z.data[at]).reduce((a, b) => (Math.abs(a) < Math.abs(b) ? a : b));
        const w = row(middle, j).map((v) => v / 2);
        if (!(Math.abs(z) < open * errors[m] * norm(w))) continue;
        axpy((-2 * z) / dot(w, w), w, row(inputs, m));
        moved = true;
      }
    }
    if (!moved) break;
  }
  return inputs;
}
