import type { QueueOptions } from 'bullmq';
import type { RedisPlace } from './connection';

/** One queue for the trials of all sweeps. */
export const queueName = 'trials';

const prefix = 'exan';

/** A trial to be run: all that a worker on another machine needs. */
export interface TrialJob {
  readonly id: string;
  readonly experiment: string;
  readonly version: number;
  /** fingerprint of the data set, which the worker makes from the options and compares */
  readonly samples: string | null;
  /** the sweep's options */
  readonly values: object;
  readonly point: object;
}

/** Where a finished trial waits for its collector. */
export const resultKey = (id: string): string => `${prefix}:result:${id}`;

/** Seconds that it waits for its collector at most. */
export const kept: number = 30 * 86_400;

/** Seconds that it stays once it is collected, for a worker that has the same trial still. */
export const collected: number = 600;

/** How a queue or worker connects. */
export function queueOptions({ options }: RedisPlace): Pick<QueueOptions, 'connection' | 'prefix'> {
  return { connection: { ...options }, prefix };
}
