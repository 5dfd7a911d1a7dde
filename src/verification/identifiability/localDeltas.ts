import { pick } from '../../data/draw';
import { miniBatches, trainedOn } from '../../gradient/localUpdate';
import { axpy, matrix, row } from '../../math/matrix';
import { backward, lossVectors } from '../../model/backward';
import { forward } from '../../model/forward';
import type { Batch, DenseMatrix, LocalTraining, Mlp, Precision } from '../../types';

/** What a client's training makes of its samples, summed over the steps: the analyst's view of an update (method 12). */
export interface LocalDeltas {
  readonly steps: number;
  /** D, M x n: the deltas of the hidden layer, each over the size of its mini-batch */
  readonly summed: DenseMatrix;
  /** the loss vectors likewise, M x K */
  readonly losses: DenseMatrix;
  /** M x n: 1 where neuron j is on for m in some step of m, and where it is off in some */
  readonly on: Uint8Array;
  readonly off: Uint8Array;
}

/** Trains as the client does, and keeps what each sample adds in each step. */
export function localDeltas(
  model: Mlp,
  batch: Batch,
  { precision, seed, ...training }: LocalTraining & { readonly precision: Precision; readonly seed: number },
): LocalDeltas {
  const [M, n] = [batch.labels.length, model.dense[0].weight.rows];
  const summed = matrix(M, n);
  const losses = matrix(M, model.widths[model.widths.length - 1]);
  const on = new Uint8Array(M * n);
  const off = new Uint8Array(M * n);
  const parts = miniBatches(M, training, seed);
  let now = model;
  for (const part of parts) {
    const own = pick(batch, part);
    const activations = forward(now, own.inputs);
    const [delta] = backward(now, activations, own.labels, { scale: 1 / part.length });
    const loss = lossVectors(activations.logits, own.labels, 1 / part.length);
    part.forEach((m, i) => {
      axpy(1, row(delta, i), row(summed, m));
      axpy(1, row(loss, i), row(losses, m));
      row(activations.features[1], i).forEach((v, j) => {
        (v > 0 ? on : off)[m * n + j] = 1;
      });
    });
    now = trainedOn(now, batch, [part], { rate: training.rate }, precision);
  }
  return { steps: parts.length, summed, losses, on, off };
}
