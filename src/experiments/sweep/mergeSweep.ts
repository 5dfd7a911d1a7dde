import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../../check';
import { readTrials } from '../trialLog';
import type { SweepManifest } from './manifest';
import type { Named } from './runTrials';
import { type Shard, shardNamed } from './shard';
import { trialId } from './trialId';

/** The trials of a sweep, from all files that it has in a folder. */
export interface MergedSweep {
  /** in the order of the points, each once */
  readonly trials: readonly object[];
  /** trials that were there more than once: the first one counts */
  readonly duplicates: number;
  /** points without a trial, each with the shard that it belongs to, where the sweep was cut into shards */
  readonly gaps: readonly (object & { readonly id: string; readonly shard: Shard | null })[];
  readonly files: readonly string[];
}

/**
 * Puts the files of a sweep together. A last line that is being written, or was cut off, is left out; nothing is changed.
 *
 * @throws InputError for a line that is no trial, or one of another sweep, with file and line
 */
export function mergeSweep(folder: string, manifest: SweepManifest): MergedSweep {
  const { sweep, points } = manifest;
  const files = readdirSync(folder).filter((name) => name.startsWith(`${sweep}.`) && name.endsWith('.jsonl'));
  files.sort(new Intl.Collator('en', { numeric: true }).compare);
  const known = new Map<string, object>();
  const wanted = new Map(points.map((point) => [point.id, point]));
  let duplicates = 0;
  for (const file of files)
    for (const { id, ...trial } of ownTrials(join(folder, file), manifest, wanted)) {
      if (known.has(id)) duplicates++;
      else known.set(id, trial);
    }
  const shards = files.map(shardNamed).filter((shard) => shard !== null);
  const count = Math.max(0, ...shards.map((shard) => shard.count));
  return {
    trials: points.flatMap(({ id }) => known.get(id) ?? []),
    duplicates,
    gaps: points
      .map((point, k) => ({ ...point, shard: count > 0 ? { index: (k % count) + 1, count } : null }))
      .filter(({ id }) => !known.has(id)),
    files,
  };
}

/** The trials of one file, each held against the point whose id it has. */
function ownTrials(
  path: string,
  { sweep, experiment: name, version, samples }: SweepManifest,
  wanted: ReadonlyMap<string, object>,
): Named<object>[] {
  const { rows } = readTrials<Named<object>>(path);
  rows.forEach((row, k) => {
    const point = wanted.get(row.id);
    const own = point && Object.keys(point).filter((key) => key !== 'id');
    const said = own && Object.fromEntries(Object.entries(row).filter(([key]) => own.includes(key)));
    check(
      said !== undefined && trialId({ name, version }, said, samples) === row.id,
      () =>
        `sweep merge: trial ${k + 1} of ${path} does not belong to ${sweep}, expected a trial of its manifest; move the file away, or run its shard again`,
    );
  });
  return rows;
}
