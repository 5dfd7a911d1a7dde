import { row } from '../math/matrix';
import type { Batch } from '../types';

/**
 * For each sample of the reference, the index of the batch's sample that goes below it, or -1; samples left over follow.
 * The closest pairs are taken first: enough for a picture. A score needs an optimal matching (verification/).
 *
 * @example
 * alignRows(shuffled, truth);  // => [2, 0, 1] when the shuffled batch holds truth's sample 0 at index 2, …
 */
export function alignRows(batch: Batch, reference: Batch): number[] {
  if (batch === reference) return [...reference.labels.keys()];
  const pairs = [...reference.labels.keys()].flatMap((place) =>
    [...batch.labels.keys()].map((sample) => ({ place, sample, distance: distance(batch, sample, reference, place) })),
  );
  pairs.sort((a, b) => a.distance - b.distance);
  const places = new Array<number>(reference.labels.length).fill(-1);
  const used = new Set<number>();
  for (const { place, sample } of pairs) {
    if (places[place] !== -1 || used.has(sample)) continue;
    places[place] = sample;
    used.add(sample);
  }
  return [...places, ...[...batch.labels.keys()].filter((sample) => !used.has(sample))];
}

function distance(a: Batch, i: number, b: Batch, j: number): number {
  const y = row(b.inputs, j);
  return row(a.inputs, i).reduce((sum, v, k) => sum + (v - (y[k] as number)) ** 2, 0);
}
