import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';

/** A Jupyter server of our own, on this machine only. */
export interface JupyterServer {
  readonly url: string;
  readonly token: string;
  stop(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

async function answers(url: string, process: ChildProcess, log: () => string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (process.exitCode !== null) throw new Error(`Jupyter ended:\n${log()}`);
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`Jupyter does not answer:\n${log()}`);
}

/** Starts `jupyter lab` or `jupyter notebook` in a folder and waits until it answers. */
export async function startJupyter(
  python: string,
  application: 'jupyterlab' | 'notebook',
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<JupyterServer> {
  const token = randomBytes(16).toString('hex');
  const port = await freePort();
  const options = [
    '--no-browser',
    '--allow-root',
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.port=${port}`,
    '--ServerApp.port_retries=0',
    `--IdentityProvider.token=${token}`,
    `--ServerApp.root_dir=${folder}`,
    '--LabApp.news_url=None',
    '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
  ];
  const server = spawn(python, ['-m', application, ...options], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (chunk) => {
      log += chunk;
    });
  const url = `http://127.0.0.1:${port}`;
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const stop = async () => {
    server.kill('SIGTERM');
    const late = setTimeout(() => server.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  };
  try {
    await answers(`${url}/api/status?token=${token}`, server, () => log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, token, stop };
}
