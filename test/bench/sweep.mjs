// Throughput of sweeps: node test/bench/sweep.mjs [--seeds 20] [--trials 1000]
// One process, two threads, and two worker processes through Redis, on the same trials; then trials through Redis whose workers are killed
// with -9 at random: exit code 1 unless each is there exactly once. Needs redis-server (apt-get install redis-server).
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { seeds: { type: 'string' }, trials: { type: 'string' } } });
const seeds = values.seeds ?? '20';
const perSeed = 4;
const many = Math.ceil(Number(values.trials ?? 1000) / perSeed);
const folder = mkdtempSync(join(tmpdir(), 'exan-sweep-'));
const cli = join(import.meta.dirname ?? '.', '..', '..', 'dist', 'cli', 'main.js');
const children = new Set();

/** Starts a program; `ended` is its exit code. */
function start(program, args) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  child.stdout.resume();
  const ended = new Promise((resolve) => child.once('close', resolve)).finally(() => children.delete(child));
  return { child, ended, said: () => said };
}
const exan = (...args) => start(process.execPath, [cli, ...args]);

/** Seconds of a command that must succeed. */
async function timed(...args) {
  const began = performance.now();
  const { ended, said } = exan(...args);
  if ((await ended) !== 0) throw new Error(said());
  return (performance.now() - began) / 1e3;
}

function trialsIn(out) {
  if (!existsSync(out)) return [];
  const logs = readdirSync(out).filter((name) => name.endsWith('.jsonl'));
  return logs.flatMap((name) => readFileSync(join(out, name), 'utf8').split('\n').filter(Boolean));
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function redis() {
  const port = await freePort();
  const password = `bench-${process.pid}`;
  const args = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--requirepass', password];
  const server = start('redis-server', [...args, '--appendonly', 'yes', '--save', '']);
  await pause(1000);
  if (server.child.exitCode !== null) throw new Error('redis-server did not start');
  return `redis://:${password}@127.0.0.1:${port}`;
}

/** The same trials three times; workers have started before the clock does, as they would have on a cluster. */
async function throughput(url) {
  // attacks of about a second each, enough of them for two processes to end at about the same time
  const sweep = ['sweep', 'phase', '--sizes', '40,48', '--widths', '512', '--methods', 'pursuit', '--seeds', seeds];
  const alone = await timed(...sweep, '--workers', '1', '--out', join(folder, 'one'));
  const two = await timed(...sweep, '--workers', '2', '--out', join(folder, 'two'));
  const workers = [0, 1].map(() => exan('worker', '--redis', url, '--workers', '1'));
  await Promise.all(workers.map(({ said }) => until(() => said().includes('taking trials'))));
  const queued = await timed(...sweep, '--redis', url, '--out', join(folder, 'queued'));
  for (const { child } of workers) child.kill('SIGTERM');
  await Promise.all(workers.map(({ ended }) => ended));
  const title = `${2 * seeds} attacks (M = 40 and 48, 512 neurons)`;
  console.log(`${title.padEnd(38)} seconds  times as fast`);
  for (const [name, seconds] of [
    ['one process, one thread', alone],
    ['one process, two threads', two],
    ['Redis, two processes of one thread', queued],
  ])
    console.log(`${name.padEnd(38)} ${seconds.toFixed(1).padStart(7)}  ${(alone / seconds).toFixed(2)}`);
}

async function until(what) {
  while (!what()) await pause(20);
}

/** Kills one of two workers every second or so, until all trials are there. */
async function killed(url) {
  const out = join(folder, 'killed');
  const grid = ['--sizes', '2,4', '--widths', '64,96', '--methods', 'boundary', '--seeds', String(many)];
  const sweep = exan('sweep', 'phase', ...grid, '--redis', url, '--out', out);
  const worker = () => exan('worker', '--redis', url, '--workers', '1', '--lease', '2');
  const workers = [worker(), worker()];
  let kills = 0;
  const began = performance.now();
  while (sweep.child.exitCode === null) {
    await pause(1000 + 1500 * Math.random());
    const slot = Math.floor(2 * Math.random());
    workers[slot].child.kill('SIGKILL');
    workers[slot] = worker();
    kills++;
  }
  const seconds = (performance.now() - began) / 1e3;
  for (const { child } of workers) child.kill('SIGKILL');
  const ids = trialsIn(out).map((line) => JSON.parse(line).id);
  const distinct = new Set(ids).size;
  console.log(
    `${many * perSeed} trials, ${kills} times kill -9 of a worker: ${ids.length} results, ${distinct} distinct, in ${seconds.toFixed(0)} s`,
  );
  if ((await sweep.ended) !== 0 || ids.length !== many * perSeed || distinct !== ids.length) process.exitCode = 1;
}

if (spawnSync('redis-server', ['--version']).status !== 0) {
  console.error('redis-server is missing: apt-get install redis-server');
  process.exit(2);
}
try {
  const url = await redis();
  await throughput(url);
  await killed(url);
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
