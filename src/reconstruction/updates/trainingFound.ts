import type { LocalTraining, ObservedUpdate } from '../../types';
import type { TrainingFinding } from '../result';
import type { LocalBatch } from './localBatch';

/** The training as it was told, and where the replay proves it, as it was inferred. */
export function trainingFound(update: ObservedUpdate, batch: LocalBatch | null): TrainingFinding {
  const { rate, epochs, batchSize, momentum } = update;
  const told = {
    ...(rate !== undefined && { rate }),
    ...(epochs !== undefined && { epochs }),
    ...(typeof batchSize === 'number' && { batchSize }),
    ...(momentum !== undefined && { momentum }),
  };
  const inferred = inferredOf(update, batch?.training);
  if (inferred.length === 0) return { ...told, order: listed(batch) };
  if (!batch?.agreement?.holds) return { ...told, order: null };
  return {
    ...told,
    ...batch.training,
    order: listed(batch),
    inferred,
    ...(rate === undefined && { rateError: batch.rateError }),
    ...(batch.others.length > 0 && { others: batch.others }),
  };
}

/** What of a training was not told. */
export function inferredOf(
  { rate, epochs, batchSize }: ObservedUpdate,
  found?: LocalTraining,
): ('rate' | 'epochs' | 'batchSize')[] {
  const size = batchSize === 'unknown' || (epochs === undefined && batchSize === undefined);
  return [
    ...(rate === undefined ? ['rate' as const] : []),
    ...(epochs === undefined ? ['epochs' as const] : []),
    // where every step took all samples there is no such size
    ...(size && found?.batchSize !== undefined ? ['batchSize' as const] : []),
  ];
}

/** What was inferred, and what remains open of it, in words; '' where all was told. */
export function inferredInWords({ inferred = [], rateError = 0, others = [], ...training }: TrainingFinding): string {
  if (inferred.length === 0) return '';
  const within = inferred.includes('rate') ? ` (within ${rateError.toExponential(0)})` : '';
  const open = others.map(inWords).join(', ');
  return `; inferred: ${inWords(training as LocalTraining)}${within}${open && `, but so do ${open}: which of them it was is open`}`;
}

function inWords({ rate, epochs, batchSize }: LocalTraining): string {
  const passes = batchSize === undefined ? `${epochs} steps` : `${epochs} epochs in mini-batches of ${batchSize}`;
  return `${passes} at rate ${rate}`;
}

/** Samples of each step by their place in the answer, where every copy is listed. */
function listed(batch: LocalBatch | null): number[][] | null {
  if (!batch?.parts) return null;
  const { copies, parts } = batch;
  let places = 0;
  const first = copies.map((count) => {
    places += count;
    return places - count;
  });
  const used = copies.map(() => 0);
  return parts.map((part) =>
    part.map((m) => {
      const copy = used[m] % copies[m];
      used[m]++;
      return first[m] + copy;
    }),
  );
}
