import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { progressLine } from '../notebook/progress';
import type { Watch } from '../types';

/** Milliseconds between two signs of life: in a terminal, whose line is drawn anew, and in a file or pipe, which keeps them all. */
const [beat, log] = [500, 10_000];

/** What progress is written to. */
export type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>;

/** Ends the progress that is shown, so that nothing is drawn over a result. */
export let endProgress: () => void = () => undefined;

/**
 * Progress of long work, on standard error, from now until a result is printed. In a terminal one line that is drawn anew, twice a second
 * even while nothing is reported, with the time left; elsewhere a line for each whole percent, and one after ten seconds without any.
 */
export function printProgress(stream: Stream = process.stderr): NonNullable<Watch['onProgress']> {
  let [fraction, note, percent] = [0, '', -1];
  let [start, said] = [0, 0];
  let timer: NodeJS.Timeout | undefined;
  const seconds = (): number => (performance.now() - start) / 1e3;
  const redraw = (): void => {
    stream.write(`\r${progressLine('', fraction, seconds(), note).slice(0, (stream.columns || 80) - 1)}\u001b[K`);
  };
  const write = (words: string): void => {
    said = performance.now();
    stream.write(`${String(percent).padStart(3)} %  ${words}\n`);
  };
  const remind = (): void => {
    if (percent >= 0 && performance.now() - said >= log) write(`${note}, ${Math.floor(seconds())} s so far`);
  };
  const begin = (): void => {
    start = performance.now();
    timer = setInterval(stream.isTTY ? redraw : remind, beat).unref();
    if (stream.isTTY) redraw();
    endProgress = () => {
      if (timer && stream.isTTY) stream.write('\r\u001b[K');
      clearInterval(timer);
      timer = undefined;
    };
  };
  begin();
  process.once('exit', () => endProgress());
  return (reported, words) => {
    if (!timer) begin(); // a result came in between, of one part of the work
    [fraction, note] = [reported, words];
    if (stream.isTTY) return redraw();
    if (Math.floor(100 * fraction) === percent) return;
    percent = Math.floor(100 * fraction);
    write(note);
  };
}

/** A sign of life of work that leaves this thread no turn: the seconds that it takes so far, in a terminal, until a result is printed. */
export function beatBeside(what: string): void {
  if (!process.stderr.isTTY) return;
  const stop = new Int32Array(new SharedArrayBuffer(4));
  new Worker(join(__dirname, 'beat.js'), { workerData: { what, stop } }).unref();
  endProgress = () => {
    Atomics.store(stop, 0, 1);
    Atomics.notify(stop, 0);
    process.stderr.write('\r\u001b[K');
    endProgress = () => undefined;
  };
  process.once('exit', () => endProgress());
}

/**
 * For a person who waits: progress while standard error is a terminal, and the first Ctrl-C ends a search with what it
 * has so far (the second one ends the program).
 */
export function watchTerminal(): Watch {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  return { signal: stop.signal, ...(process.stderr.isTTY && { onProgress: printProgress() }) };
}

/** Ctrl-C and its like end the program as usual, but by way of `exit`, where a run lets go of its folder. */
export function endOnSignals(): void {
  for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }))
    process.once(signal, () => process.exit(128 + number));
}
