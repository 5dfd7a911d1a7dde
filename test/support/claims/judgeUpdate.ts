import { norm, row } from '../../../src/math/matrix';
import type { Reconstruction } from '../../../src/reconstruction/result';
import type { Batch, ModelUpdate } from '../../../src/types';

/** Relative error up to which a sample called exact is right. */
const right = 2e-3;

/** What is wrong with an answer called exact to an update, or null: a sample that is none of the client's, or a wrong number of them. */
export function falseExact(found: Reconstruction, secret: Batch): string | null {
  if (found.status !== 'exact') return null;
  // where every sample stands twice, or nearly so, the mean does not show it: as for one step
  const counted = found.batchSize === secret.labels.length || 2 * found.batchSize === secret.labels.length;
  const worst = Math.max(...found.samples.map((s) => distance(s.input, s.label, secret)));
  return counted && worst <= right ? null : `${found.batchSize} of ${secret.labels.length} samples, off by ${worst}`;
}

/** Root mean square distance of an input to the nearest sample of this label, over that sample's size. */
function distance(input: Float64Array, label: number, { inputs, labels }: Batch): number {
  return Math.min(
    ...[...labels.keys()]
      .filter((m) => labels[m] === label)
      .map((m) => norm(row(inputs, m).map((v, k) => v - (input[k] as number))) / norm(row(inputs, m))),
  );
}

/** What is wrong with the training inferred beside an exact batch of the right size, or null; nothing is where it is said to be open. */
export function falseTraining(
  { status, training, batchSize }: Reconstruction,
  secret: Batch,
  { rate, epochs, batchSize: size }: ModelUpdate,
): string | null {
  if (status !== 'exact' || batchSize !== secret.labels.length || !training?.inferred || training.others) return null;
  const [own, found] = [size, training.batchSize].map((b) => Math.min(b ?? Number.POSITIVE_INFINITY, batchSize));
  const right = Math.abs((training.rate ?? 0) / rate - 1) < 1e-3 && training.epochs === epochs && own === found;
  return right ? null : `${training.epochs} epochs of ${found} at ${training.rate}, not ${epochs} of ${own} at ${rate}`;
}
