import { join } from 'node:path';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Flags, type Report, type Task } from './channel';
import { installCompilerOptions } from './compiler/compilerOptions';
import { requireFallsBackTo } from './compiler/moduleResolution';
import { prelude } from './compiler/prelude';
import { ts } from './compiler/typescript';
import { packageHome } from './home';
import { leave } from './leave';
import { installDisplay } from './runtime/display';
import { captureStreams } from './runtime/streams';
import { installTracebacks } from './runtime/traceback';

/** Entry point of the kernel: node main.js {connection_file}. */
function main(connectionFile: string | undefined): void {
  if (!connectionFile) throw new Error('exan kernel: the connection file is missing: node main.js {connection_file}');
  const flags = new Flags();
  // Started first: the sockets open while this thread reads types.
  const protocol = new Worker(join(__dirname, 'protocol', 'thread.js'), {
    workerData: { connectionFile, memory: flags.memory },
  });
  const report = (message: Report): void => protocol.postMessage(message);
  protocol.on('error', (error) => {
    process.stderr.write(`exan kernel: ${error.stack}\n`);
    process.exit(1);
  });

  const home = packageHome();
  const folder = process.cwd().replaceAll('\\', '/');
  requireFallsBackTo(home);
  installCompilerOptions(home);
  // Only now, since tslab takes its compiler when it loads.
  const { createConverter } = require('tslab/dist/converter') as typeof import('tslab/dist/converter');
  const { Session } = require('./session') as typeof import('./session');
  const session = new Session(createConverter({}), prelude(home), flags, folder, report);
  installDisplay(session.publish, session);
  session.warmUp();
  installTracebacks();
  captureStreams(session.write);

  process.on('SIGINT', () => report({ kind: 'signal' }));
  process.on('uncaughtException', (error) => session.write('stderr', `Uncaught ${inspect(error)}\n`));
  process.on('unhandledRejection', (reason) => session.write('stderr', `Unhandled rejection: ${inspect(reason)}\n`));
  protocol.on('message', (task: Task) => (task.kind === 'shutdown' ? leave() : session.handle(task)));
  report({ kind: 'ready', language: ts.version });
}

main(process.argv[2]);
