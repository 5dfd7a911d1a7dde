import type { Jobs } from '../worker/jobs';
import type { Answered } from '../worker/worker';

/** The source of the worker, from library.js: a page from a folder may start no worker of another file. */
declare const EXAN_WORKER: string;

/** How a job is watched. */
export interface Watching {
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number, note: string) => void;
}

interface Waiting {
  readonly done: (value: unknown) => void;
  readonly failed: (error: Error) => void;
  readonly watching: Watching;
}

const waiting = new Map<number, Waiting>();
let worker: Worker | undefined;
let last = 0;

/** The library, at work in a thread of its own. */
export function ask<Name extends keyof Jobs>(
  job: Name,
  order: Jobs[Name][0],
  watching: Watching = {},
): Promise<Jobs[Name][1]> {
  worker ??= started();
  const id = ++last;
  watching.signal?.addEventListener('abort', () => worker?.postMessage({ id, stop: true }));
  worker.postMessage({ id, job, order });
  return new Promise((done, failed) => {
    waiting.set(id, { done: done as (value: unknown) => void, failed, watching });
  });
}

function started(): Worker {
  const url = URL.createObjectURL(new Blob([EXAN_WORKER], { type: 'text/javascript' }));
  const made = new Worker(url);
  made.onmessage = ({ data }: MessageEvent<Answered>) => {
    const asked = waiting.get(data.id);
    if (!asked) return;
    if ('progress' in data) return asked.watching.onProgress?.(...data.progress);
    waiting.delete(data.id);
    if ('error' in data) asked.failed(new Error(data.error));
    else asked.done(data.value);
  };
  return made;
}
