import { check } from '../../check';
import type { Dataset } from '../../data';
import { fingerprint } from '../../experiments/sweep/trialId';
import { type TrialThreads, trialThreads } from '../../experiments/sweep/trialThreads';
import { sweepNamed } from '../sweep/named';
import type { AnySweep } from '../sweep/sweep';
import type { TrialJob } from './queue';

/** What trials of one sweep need: its data set, and threads that have it. */
export interface SweepContext {
  readonly sweep: AnySweep;
  readonly threads: TrialThreads;
}

interface Held {
  readonly context: Promise<SweepContext>;
  users: number;
}

/** The contexts of a worker: made when a first trial needs one, given up when trials of another sweep come and none uses it. */
export function sweepContexts(count: number): {
  use<T>(job: TrialJob, work: (context: SweepContext) => Promise<T>): Promise<T>;
  close(): Promise<void>;
} {
  const held = new Map<string, Held>();
  const drop = async (key: string): Promise<void> => {
    const context = held.get(key)?.context;
    held.delete(key);
    await context?.then(({ threads }) => threads.close()).catch(() => undefined);
  };
  return {
    async use(job, work) {
      const key = JSON.stringify([job.experiment, job.version, job.samples, job.values]);
      for (const [other, { users }] of held) if (other !== key && users === 0) await drop(other);
      const own = held.get(key) ?? { context: contextOf(job, count), users: 0 };
      held.set(key, own);
      own.users++;
      try {
        return await work(await own.context);
      } catch (error) {
        own.context.catch(() => held.delete(key)); // one that could not be made is tried again
        throw error;
      } finally {
        own.users--;
      }
    },
    close: async () => {
      await Promise.all([...held.keys()].map(drop));
    },
  };
}

/** @throws InputError where this program is of another version, or its data are not those of the sweep */
async function contextOf({ experiment, version, samples, values }: TrialJob, count: number): Promise<SweepContext> {
  const sweep = sweepNamed('exan worker', experiment, version);
  const dataset: Dataset | undefined = await sweep.dataset(values);
  check(
    (dataset ? fingerprint(dataset) : null) === samples,
    () =>
      `exan worker: --data ${(values as { data?: string }).data} are other samples here than where the sweep was started, expected the same files on all machines`,
  );
  return { sweep, threads: trialThreads(count, dataset) };
}
