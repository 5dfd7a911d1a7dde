import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { InputError } from '../check';
import { count, positive, print, workers } from './options';
import { connect, type QueuePackages, queuePackages, redisPlace } from './redis/connection';
import { sweepContexts } from './redis/context';
import { kept, queueName, queueOptions, resultKey, type TrialJob } from './redis/queue';

const caller = 'exan worker';

/** `exan worker`: runs trials of sweeps that were started with --redis, on any number of machines, which come and go. */
export const worker: CommandUnknownOpts = new Command('worker')
  .description('run trials that exan sweep NAME --redis URL has put into a queue; start as many as you like, stop any')
  .requiredOption('--redis <url>', 'redis://HOST:PORT; its password there, or in EXAN_REDIS_PASSWORD')
  .addOption(workers('trials at once, a thread each'))
  .option('--lease <seconds>', 'without a sign of life after which others take its trials over', positive, 30)
  .option('--idle <seconds>', 'ends after so long without a trial (default: never)', count)
  .action(async ({ redis, workers: threads, lease, idle }) => {
    const place = redisPlace(caller, redis);
    const packages = await queuePackages(caller);
    const client = await connect(caller, packages, place);
    process.stderr.write(`taking trials from the Redis at ${place.shown}; Ctrl-C hands those that run back\n`);
    sayWhenAway(client);
    const stop = new AbortController();
    const contexts = sweepContexts(Math.max(1, threads));
    const state = { done: 0, running: 0, since: Date.now() };
    const { Worker } = packages.bullmq;
    const queue = new Worker<TrialJob>(
      queueName,
      async (job, token) => {
        state.running++;
        try {
          await contexts.use(job.data, async ({ sweep, threads: pool }) => {
            if (await client.exists(resultKey(job.data.id))) return; // its worker died after it had finished
            const watch = { workers: 1, signal: stop.signal };
            const trial = await pool.run(sweep.experiment, job.data.point, watch);
            await client.set(resultKey(job.data.id), JSON.stringify({ id: job.data.id, ...trial }), 'EX', kept);
            state.done++;
          });
        } catch (error) {
          throw await asQueueError(error, packages, job, token);
        } finally {
          state.running--;
          state.since = Date.now();
        }
      },
      {
        ...queueOptions(place),
        ...{ concurrency: Math.max(1, threads), lockDuration: 1e3 * lease, stalledInterval: 1e3 * lease },
        ...{ maxStalledCount: 20, drainDelay: 1, runRetryDelay: 1000 },
      },
    );
    queue.on('error', () => undefined); // it connects again
    await ended(stop, idle, state);
    await queue.close();
    await contexts.close();
    client.removeAllListeners('close');
    client.disconnect();
    print(`${state.done} trials\n`);
  }) as unknown as CommandUnknownOpts;

/** Once each time, and not at each try to connect again. */
function sayWhenAway(client: Redis): void {
  let away = false;
  client.on('close', () => {
    if (!away) process.stderr.write('Redis is away, waiting\n');
    away = true;
  });
  client.on('ready', () => {
    away = false;
  });
}

/** Resolves at Ctrl-C or a request to end, when trials are stopped, and after `idle` seconds without any. */
function ended(
  stop: AbortController,
  idle: number | undefined,
  state: { readonly running: number; readonly since: number },
): Promise<void> {
  return new Promise((resolve) => {
    for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }))
      process.on(signal, () => {
        if (stop.signal.aborted) process.exit(128 + number);
        process.exitCode = 128 + number;
        stop.abort();
        setTimeout(() => process.exit(128 + number), 3000).unref(); // Redis may be away
        resolve();
      });
    if (idle === undefined) return;
    const timer = setInterval(() => {
      if (state.running > 0 || Date.now() - state.since < 1e3 * idle) return;
      clearInterval(timer);
      resolve();
    }, 100);
  });
}

/** What the queue is told: a trial that was stopped goes back, one that is refused is not tried again, all else is. */
async function asQueueError(
  error: unknown,
  { bullmq }: QueuePackages,
  job: Job<TrialJob>,
  token: string | undefined,
): Promise<unknown> {
  if (error instanceof Error && error.name === 'AbortError') {
    await job.moveToWait(token);
    return new bullmq.WaitingError();
  }
  return error instanceof InputError && !error.message.startsWith(caller)
    ? new bullmq.UnrecoverableError(error.message)
    : error;
}
