import type { SweepManifest } from './manifest';

/** One of several parts of a sweep: the `index`-th of `count`, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Its trials: every `count`-th, so that shards take about as long as each other where points grow. */
export function shardOf<P>(points: readonly P[], { index, count }: Shard): P[] {
  return points.filter((_, k) => k % count === index - 1);
}

/** Where it keeps them. */
export function shardFile({ sweep }: SweepManifest, { index, count }: Shard): string {
  return `${sweep}.${index}-of-${count}.jsonl`;
}

/** The shard of such a file, or null for one that is none. */
export function shardNamed(file: string): Shard | null {
  const [, index, count] = /\.(\d+)-of-(\d+)\.jsonl$/.exec(file) ?? [];
  return index === undefined ? null : { index: Number(index), count: Number(count) };
}
