import type { Watch } from '../types';

/** Progress of a long experiment: a line each time, on standard error. */
export function printProgress(fraction: number, note: string): void {
  process.stderr.write(`${(fraction * 100).toFixed(0).padStart(3)} %  ${note}\n`);
}

/** Passes on only what brings a whole percent more: for work whose steps are many. */
export function percents(print: (fraction: number, note: string) => void): (fraction: number, note: string) => void {
  let last = -1;
  return (fraction, note) => {
    if (Math.floor(100 * fraction) === last) return;
    last = Math.floor(100 * fraction);
    print(fraction, note);
  };
}

/**
 * For a person who waits: progress while standard error is a terminal, and the first Ctrl-C ends a search with what it
 * has so far (the second one ends the program).
 */
export function watchTerminal(): Watch {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  if (!process.stderr.isTTY) return { signal: stop.signal };
  process.once('exit', () => process.stderr.write('\r\u001b[K'));
  return { signal: stop.signal, onProgress: (_, note) => void process.stderr.write(`\r${note}\u001b[K`) };
}

/** Ctrl-C and its like end the program as usual, but by way of `exit`, where a run lets go of its folder. */
export function endOnSignals(): void {
  for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }))
    process.once(signal, () => process.exit(128 + number));
}
