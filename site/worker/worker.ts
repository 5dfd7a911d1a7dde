import type { Dataset } from '../../src/browser';
import { digitsFrom } from './digits';
import { type Jobs, jobs } from './jobs';

declare const DIGITS: string; // put here by build.mjs

/** From the page: a job to do, or one to stop. */
export type Asked =
  | { readonly id: number; readonly job: keyof Jobs; readonly order: unknown }
  | { readonly id: number; readonly stop: true };

/** To the page: how far a job is, what it came to, or why it failed. */
export type Answered =
  | { readonly id: number; readonly progress: readonly [number, string] }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };

const page = self as unknown as {
  onmessage: (event: { data: Asked }) => void;
  postMessage(answer: Answered): void;
};
const running = new Map<number, AbortController>();
let digits: Promise<Dataset> | undefined;

page.onmessage = async ({ data }) => {
  const { id } = data;
  if ('stop' in data) return running.get(id)?.abort();
  const stop = new AbortController();
  running.set(id, stop);
  try {
    digits ??= digitsFrom(DIGITS);
    const onProgress = (fraction: number, note: string): void => page.postMessage({ id, progress: [fraction, note] });
    const work = jobs[data.job] as (digits: Dataset, order: unknown, watch: object) => unknown;
    page.postMessage({ id, value: await work(await digits, data.order, { signal: stop.signal, onProgress }) });
  } catch (error) {
    page.postMessage({ id, error: (error as Error).message });
  } finally {
    running.delete(id);
  }
};
