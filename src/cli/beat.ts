import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

// Worker entry: a line in the terminal, drawn anew twice a second until it is told to stop. It writes by itself, since the thread that
// it stands beside leaves nothing else a turn.
const { what, stop } = workerData as { readonly what: string; readonly stop: Int32Array };
const start = performance.now();
while (Atomics.wait(stop, 0, 0, 500) === 'timed-out')
  writeSync(2, `\r${what}, ${Math.floor((performance.now() - start) / 1e3)} s so far\u001b[K`);
