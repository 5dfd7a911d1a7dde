import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { check, InputError } from '../../check';
import type { Dataset } from '../../data/dataset';
import { makeFolder, writeAtomically } from '../../data/files';
import type { Experiment } from './experiment';
import { fingerprint, pointsById, shortHash, trialId } from './trialId';

/** What a sweep is, beside the files of its trials: written alike by every shard, read by the merge. */
export interface SweepManifest {
  /** begins the names of its files: the experiment, and a hash of its trials' ids */
  readonly sweep: string;
  readonly experiment: string;
  readonly version: number;
  /** fingerprint of the data set; null where trials make their own */
  readonly samples: string | null;
  /** as typed, without what a shard chooses for itself */
  readonly command: readonly string[];
  readonly trials: number;
  /** in order: shard K of N runs every N-th, from the K-th on */
  readonly points: readonly (object & { readonly id: string })[];
}

const ending = '.sweep.json';

/** The manifest of these points. */
export function sweepManifest<P extends object>(
  { name, version }: Pick<Experiment<P, P>, 'name' | 'version'>,
  all: readonly P[],
  dataset: Dataset | undefined,
  command: readonly string[],
): SweepManifest {
  const samples = dataset ? fingerprint(dataset) : null;
  const points = pointsById({ name, version }, all, samples);
  return {
    sweep: `${name}-${hashOf([...points.keys()])}`,
    ...{ experiment: name, version, samples, command, trials: points.size },
    points: [...points].map(([id, point]) => ({ id, ...point })),
  };
}

/** Puts it into the sweep's folder, where another shard may have put it already. */
export function writeManifest(folder: string, manifest: SweepManifest): void {
  makeFolder('sweep', folder);
  const path = join(folder, manifest.sweep + ending);
  if (!existsSync(path)) writeAtomically(path, `${JSON.stringify(manifest)}\n`);
}

/** The manifests of all sweeps in a folder. */
export function manifestsIn(folder: string): SweepManifest[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new InputError(`sweep merge: folder ${folder} cannot be read (${(error as Error).message})`);
  }
  const own = names.filter((name) => name.endsWith(ending)).sort();
  check(
    own.length > 0,
    () => `sweep merge: ${folder} has no *${ending}, expected the folder that shards were given by --out`,
  );
  return own.map((name) => readManifest(join(folder, name)));
}

/**
 * A manifest whose ids are those of its points, and whose name is that of its ids: one that was changed, or is of another version of the
 * program's format, is refused.
 */
function readManifest(path: string): SweepManifest {
  const manifest = parsed(path);
  const { sweep, experiment: name, version, samples, points } = manifest;
  const right =
    Array.isArray(points) &&
    points.length === manifest.trials &&
    points.every(
      (one) => typeof one === 'object' && one !== null && one.id === trialId({ name, version }, pointOf(one), samples),
    ) &&
    sweep === `${name}-${hashOf(points.map(({ id }) => id))}` &&
    basename(path) === sweep + ending;
  check(
    right,
    () =>
      `sweep merge: ${path} is not as a sweep wrote it, expected ids that belong to its points; remove it and run any shard again`,
  );
  return manifest;
}

function pointOf({ id: _, ...point }: object & { readonly id: string }): object {
  return point;
}

function parsed(path: string): SweepManifest {
  try {
    return Object(JSON.parse(readFileSync(path, 'utf8'))) as SweepManifest;
  } catch (error) {
    throw new InputError(
      `sweep merge: ${path} cannot be read (${(error as Error).message}); remove it and run any shard again`,
    );
  }
}

function hashOf(ids: readonly string[]): string {
  return shortHash(ids.join()).slice(0, 8);
}
