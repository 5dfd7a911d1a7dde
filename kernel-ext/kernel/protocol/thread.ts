import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { Flags, type Report } from '../channel';
import { packageHome } from '../home';
import { Server } from './server';
import { openSockets } from './sockets';

/** Entry point of the protocol thread. */
async function serve(): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('exan kernel: the protocol thread has no parent');
  const { connectionFile, memory } = workerData as { connectionFile: string; memory: SharedArrayBuffer };
  const { version } = JSON.parse(readFileSync(join(packageHome(), 'package.json'), 'utf8'));
  const early: Report[] = [];
  let hear = (report: Report): void => void early.push(report);
  port.on('message', (report: Report) => hear(report));
  const server = new Server(await openSockets(connectionFile), version, new Flags(memory), (task) =>
    port.postMessage(task),
  );
  hear = (report) => server.hear(report);
  for (const report of early) server.hear(report);

  // A Jupyter server that was killed cannot shut its kernels down: without a parent there is no one to serve.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent && process.ppid === 1) server.leave();
  }, 1000).unref();
  await server.listen();
}

void serve();
