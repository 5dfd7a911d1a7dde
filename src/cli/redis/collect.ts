import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { InputError } from '../../check';
import type { SweepManifest } from '../../experiments/sweep/manifest';
import type { Named } from '../../experiments/sweep/runTrials';
import { trialLog } from '../../experiments/trialLog';
import type { Watch } from '../../types';
import { connect, type QueuePackages, type RedisPlace } from './connection';
import { collected, queueName, queueOptions, resultKey, type TrialJob } from './queue';

/** Milliseconds between two looks for results, and between two looks for jobs that have gone or failed. */
const [look, review] = [100, 3000];

/** Where trials are put and where they are kept. */
export interface CollectOptions extends Watch {
  readonly caller: string;
  readonly packages: QueuePackages;
  readonly place: RedisPlace;
  readonly out: string;
  /** the sweep's options, for workers */
  readonly values: object;
}

/**
 * Puts the trials of a sweep into a queue, waits for workers and writes what they find to disk, before it may leave Redis. Taken up
 * again, it goes on with what is on disk, and with what workers finished meanwhile.
 *
 * @returns all trials, in the order of the points
 * @throws InputError when there is no Redis, or trials failed
 */
export async function collect(manifest: SweepManifest, options: CollectOptions): Promise<object[]> {
  const { caller, packages, place, out, onProgress } = options;
  const client = await connect(caller, packages, place);
  const queue: Queue = new packages.bullmq.Queue(queueName, queueOptions(place));
  queue.on('error', () => undefined); // it connects again
  const path = join(out, `${manifest.sweep}.redis.jsonl`);
  try {
    const log = trialLog<Named<object>>(path);
    try {
      const wanted = new Map(jobsOf(manifest, options.values).map((job) => [job.id, job]));
      const known = new Map<string, object>();
      const take = ({ id, ...trial }: Named<object>): void => {
        if (wanted.delete(id)) known.set(id, trial);
      };
      log.rows.forEach(take);
      const tell = (note: string): void => onProgress?.(known.size / manifest.trials, note);
      const away = (): void => tell('Redis is away, waiting');
      client.on('close', away);
      const failed = new Map<string, string>();
      await renew(queue, client, wanted);
      for (let due = Date.now() + review; wanted.size > failed.size; ) {
        const began = Date.now();
        tell(`${wanted.size} trials to go`);
        const rows = await results(client, [...wanted.keys()]);
        for (const row of rows) {
          log.record(row);
          take(row);
          failed.delete(row.id);
        }
        await Promise.all(rows.map(({ id }) => client.expire(resultKey(id), collected)));
        if (Date.now() >= due) {
          await mend(queue, client, wanted, failed);
          due = Date.now() + review;
        }
        if (wanted.size > failed.size) await pause(Math.max(look, 4 * (Date.now() - began))); // many trials are asked for more rarely
      }
      client.off('close', away);
      refuseFailed(caller, manifest, failed, path);
      return manifest.points.flatMap(({ id }) => known.get(id) ?? []);
    } finally {
      log.close();
    }
  } finally {
    client.disconnect();
    await queue.close().catch(() => undefined);
  }
}

function jobsOf({ experiment, version, samples, points }: SweepManifest, values: object): TrialJob[] {
  return points.map(({ id, ...point }) => ({ id, experiment, version, samples, values, point }));
}

/** Those of the trials that are finished. */
async function results(client: Redis, ids: readonly string[]): Promise<Named<object>[]> {
  const found: Named<object>[] = [];
  for (let at = 0; at < ids.length; at += 1000) {
    const texts = await client.mget(ids.slice(at, at + 1000).map(resultKey));
    found.push(...texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Named<object>])));
  }
  return found;
}

/** A job of the same id is the same trial: what is in the queue already stays there, but what failed before gets another try. */
async function renew(queue: Queue, client: Redis, wanted: ReadonlyMap<string, TrialJob>): Promise<void> {
  for (const job of await queue.getFailed()) if (job.id && wanted.has(job.id)) await job.remove();
  await add(queue, client, wanted);
}

async function add(queue: Queue, client: Redis, wanted: ReadonlyMap<string, TrialJob>): Promise<void> {
  const ids = [...wanted.keys()];
  const there = await Promise.all(ids.map((id) => client.exists(queue.toKey(id), resultKey(id))));
  const missing = ids.filter((_, k) => there[k] === 0);
  for (let at = 0; at < missing.length; at += 500)
    await queue.addBulk(
      missing.slice(at, at + 500).map((id) => ({
        ...{ name: 'trial', data: wanted.get(id) },
        opts: { jobId: id, attempts: 3, backoff: 1000, removeOnComplete: true },
      })),
    );
}

/** Notes what failed for good, and puts back what a Redis without persistence has forgotten. */
async function mend(
  queue: Queue,
  client: Redis,
  wanted: ReadonlyMap<string, TrialJob>,
  failed: Map<string, string>,
): Promise<void> {
  for (const { id = '', failedReason } of await queue.getFailed()) if (wanted.has(id)) failed.set(id, failedReason);
  await add(queue, client, wanted);
}

function refuseFailed(
  caller: string,
  { trials }: SweepManifest,
  failed: ReadonlyMap<string, string>,
  path: string,
): void {
  const [first] = failed;
  if (!first) return;
  throw new InputError(
    `${caller}: ${failed.size} of ${trials} trials failed, ${first[0]} since ${first[1]}; the others are in ${path}, and the same command tries the rest again`,
  );
}
