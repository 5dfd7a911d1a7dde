import { createHash } from 'node:crypto';
import type { Dataset } from '../../data/dataset';
import type { Experiment } from './experiment';

/**
 * What a trial is called wherever it is run: a short SHA-256 of the experiment, its version, the samples and the point. It begins with a
 * letter, since queues take ids of digits for numbers.
 *
 * @param samples their {@link fingerprint}, or null where the point says all
 */
export function trialId(
  { name, version }: Pick<Experiment<object, object>, 'name' | 'version'>,
  point: object,
  samples: string | null,
): string {
  return `t${shortHash(canonical({ name, version, samples, point })).slice(0, 15)}`;
}

/** Points by the ids of their trials, each once. */
export function pointsById<P extends object>(
  experiment: Pick<Experiment<P, P>, 'name' | 'version'>,
  points: readonly P[],
  samples: string | null,
): Map<string, P> {
  return new Map(points.map((point) => [trialId(experiment, point, samples), point]));
}

/** Sixteen hexadecimal digits of a text's SHA-256. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

const fingerprints = new WeakMap<Dataset, string>();

/** SHA-256 of a data set's samples, so that trials on other samples of the same name are other trials. */
export function fingerprint(dataset: Dataset): string {
  const known = fingerprints.get(dataset) ?? hashOf(dataset);
  fingerprints.set(dataset, known);
  return known;
}

function hashOf({ inputs, labels, classes, image }: Dataset): string {
  const hash = createHash('sha256').update(canonical({ rows: inputs.rows, columns: inputs.columns, classes, image }));
  for (const { buffer, byteOffset, byteLength } of [inputs.data, labels])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex').slice(0, 32);
}

/** JSON with the keys of every object in order: the same text for the same value. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
}
