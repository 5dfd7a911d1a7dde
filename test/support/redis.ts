import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { inPath, program } from './debian';

/** A Redis of one's own: on 127.0.0.1, with a password, in a folder that keeps what it was told. */
export interface TestRedis {
  readonly port: number;
  readonly url: string;
  readonly password: string;
  /** kill -9 */
  kill(): Promise<void>;
  /** on the same port, in the same folder; by default with what it was told before */
  start(options?: { readonly persistent?: boolean }): Promise<void>;
}

/** The program, or why there is none. */
export const redisServer = program('redis-server', () => inPath('redis-server'));

/** Makes a Redis that is not yet started. */
export async function testRedis(folder: string): Promise<TestRedis> {
  const port = await freePort();
  const password = `pw-${process.pid}-${port}`;
  let server: ChildProcess | undefined;
  return {
    ...{ port, password, url: `redis://:${password}@127.0.0.1:${port}` },
    async kill() {
      if (!server) return;
      const gone = new Promise((resolve) => server?.once('exit', resolve));
      server.kill('SIGKILL');
      await gone;
      server = undefined;
    },
    async start({ persistent = true } = {}) {
      if ('missing' in redisServer) throw new Error(redisServer.missing);
      const where = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, '--requirepass', password];
      const keep = ['--appendonly', persistent ? 'yes' : 'no', '--save', ''];
      const started = spawn(redisServer.path, [...where, ...keep], { stdio: ['ignore', 'pipe', 'ignore'] });
      server = started;
      await new Promise<void>((resolve, reject) => {
        started.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
        started.stdout?.on('data', (text: Buffer) => /Ready to accept/.test(`${text}`) && resolve());
      });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
