import { checkBatch } from '../gradient/captureGradient';
import { matrix, row } from '../math/matrix';
import { pivotedQr } from '../math/pivotedQr';
import { backward } from '../model/backward';
import { forward } from '../model/forward';
import type { Batch, DenseMatrix, Network } from '../types';

/** Which samples the supports of the last ReLU layer can tell apart. */
export interface Identifiability {
  /** per sample: its deltas are the only combination that is zero on all neurons it leaves inactive */
  readonly samples: readonly boolean[];
  readonly identifiable: number;
  /** rank of the deltas: below M the samples are dependent, and none of them is counted */
  readonly rank: number;
}

/**
 * The analyst's upper bound for every attack on supports (SPEC 7): sample m is identifiable from the gradient of the last
 * ReLU layer by its zeros if and only if the other samples' deltas are independent on the neurons that m leaves inactive.
 *
 * @throws InputError when the batch is empty, not finite, or does not fit the model
 * @example
 * identifiability(model, secret).identifiable;  // => 64 of 64, far beyond the paper's boundary
 */
export function identifiability(model: Network, batch: Batch): Identifiability {
  checkBatch('identifiability', model, batch);
  const last = model.layers.length - 2;
  const delta = backward(model, forward(model, batch.inputs), batch.labels, last)[last] as DenseMatrix;
  const every = Array.from({ length: delta.rows }, (_, m) => m);
  const rank = rankOf(
    delta,
    every,
    Array.from({ length: delta.columns }, (_, j) => j),
  );
  const samples = every.map((m) => {
    const inactive = Array.from(row(delta, m).keys()).filter((j) => row(delta, m)[j] === 0);
    const others = every.filter((k) => k !== m);
    return rank === delta.rows && rankOf(delta, others, inactive) === others.length;
  });
  return { samples, identifiable: samples.filter(Boolean).length, rank };
}

/** Rank of some rows of Delta on some neurons; each row in unit length, so that a confident sample counts as any other. */
function rankOf(delta: DenseMatrix, rows: readonly number[], neurons: readonly number[]): number {
  if (rows.length === 0 || neurons.length === 0) return 0;
  const part = matrix(neurons.length, rows.length);
  rows.forEach((m, k) => {
    const values = row(delta, m);
    const size = Math.hypot(...values) || 1;
    neurons.forEach((j, i) => {
      part.data[i * rows.length + k] = (values[j] as number) / size;
    });
  });
  return pivotedQr(part, 1e-10).rank;
}
