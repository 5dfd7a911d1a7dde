import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { cli, exan } from '../support/exan';
import { redisServer, testRedis } from '../support/redis';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const skip = 'missing' in redisServer ? redisServer.missing : false;
const redis = testRedis(at('.'));
const started = new Set<ChildProcess>();
before(async () => skip || (await redis).start());
after(async () => {
  for (const child of started) child.kill('SIGKILL');
  await (await redis).kill();
});

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  /** all that it said */
  readonly said: () => string;
  readonly printed: () => string;
}

/** Starts a command that goes on beside the test. */
function start(...args: string[]): Running {
  const child = spawn(process.execPath, [cli, ...args]);
  started.add(child);
  let [printed, said] = ['', ''];
  child.stdout.on('data', (text) => (printed += text));
  child.stderr.on('data', (text) => (said += text));
  const ended = new Promise<number | null>((resolve) =>
    child.once('close', (code) => {
      started.delete(child);
      resolve(code);
    }),
  );
  return { child, ended, said: () => printed + said, printed: () => printed };
}

/** Waits for what is to come, and says what was said where it does not. */
async function until(what: () => boolean, running: Running, seconds = 60): Promise<void> {
  for (const end = Date.now() + 1e3 * seconds; !what(); await pause(20))
    assert.ok(Date.now() < end && running.child.exitCode === null, running.said());
}

const linesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'));
const collected = (folder: string): number => {
  try {
    return linesIn(folder).filter((line) => line !== '').length;
  } catch {
    return 0;
  }
};
const untimed = (rows: { took: number }[]) => rows.map(({ took: _, ...row }) => row);
const table = (last: string): string =>
  ['a,b,label', ...Array.from({ length: 12 }, (_, k) => `${k / 12},${(k * k) / 144},${k % 2}`), last].join('\n');

/** A small set of one's own, whose trials take milliseconds. */
function ownSet(last: string): string {
  writeFileSync(at('own.csv'), table(last));
  const { code, stderr } = exan('data', 'convert', at('own.csv'), '--label', 'label', '--out', at('own.npz'));
  assert.equal(code, 0, stderr);
  return at('own.npz');
}

/** Options of a sweep of 4 trials a seed; each test has its own widths, since trials of the same id are the same. */
const grid = (width: number): string[] => {
  const widths = `${width},${width + 1}`;
  return ['--data', at('own.npz'), '--sizes', '2,4', '--widths', widths, '--methods', 'boundary'];
};
ownSet('0.5,0.5,1');

test('a sweep through Redis gives the rows of one process; workers come and go, one that idles ends', {
  skip,
}, async () => {
  const { url } = await redis;
  const first = start('worker', '--redis', url, '--workers', '1', '--lease', '2');
  const sweep = start('sweep', 'phase', ...grid(18), '--seeds', '10', '--redis', url, '--out', at('whole'), '--json');
  assert.equal(await sweep.ended, 0, sweep.said());
  const { rows } = JSON.parse(sweep.printed());
  const once = exan('sweep', 'phase', ...grid(18), '--seeds', '10', '--workers', '0', '--out', at('once'), '--json');
  assert.deepEqual(untimed(rows), untimed(JSON.parse(once.stdout).rows));
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 143, first.said());
  assert.equal(first.printed(), '40 trials\n');
  const second = start('worker', '--redis', url, '--workers', '1', '--idle', '1');
  assert.equal(await second.ended, 0, second.said());
  // what is there is not asked for again, and a merge finds it
  const again = exan('sweep', 'phase', ...grid(18), '--seeds', '10', '--redis', url, '--out', at('whole'), '--json');
  assert.deepEqual(JSON.parse(again.stdout).rows, rows);
  const [merged] = JSON.parse(exan('sweep', 'merge', at('whole'), '--json').stdout).sweeps;
  assert.deepEqual([merged.found, merged.gaps, merged.duplicates], [40, [], 0]);
  assert.ok(first.said().includes('127.0.0.1'));
  for (const text of [
    first.said(),
    sweep.said(),
    ...readdirSync(at('whole')).map((f) => readFileSync(join(at('whole'), f), 'utf8')),
  ])
    assert.ok(!text.includes('pw-'), text);
});
test('workers, collector and Redis killed with -9 again and again: each trial is there exactly once', {
  skip,
}, async () => {
  const { url, kill, start: begin } = await redis;
  const many = ['sweep', 'phase', '--sizes', '2,4', '--widths', '64,96', '--methods', 'boundary', '--seeds', '50'];
  const sweep = () => start(...many, '--redis', url, '--out', at('killed'));
  const worker = () => start('worker', '--redis', url, '--workers', '1', '--lease', '1');
  const workers = [worker(), worker()];
  let collector = sweep();
  for (const [k, trials] of [5, 20, 35, 50, 65, 80, 95, 110, 125, 140, 155, 170].entries()) {
    await until(() => collected(at('killed')) >= trials, collector);
    await pause(20 * Math.random()); // in the middle of whatever it does
    if (k === 4) {
      await kill();
      await begin();
    } else if (k === 8) {
      collector.child.kill('SIGKILL');
      await collector.ended;
      collector = sweep();
    } else {
      workers[k % 2]?.child.kill('SIGKILL');
      workers[k % 2] = worker();
    }
  }
  assert.equal(await collector.ended, 0, collector.said());
  for (const { child } of workers) child.kill('SIGKILL');
  const ids = linesIn(at('killed')).map((line) => JSON.parse(line).id);
  assert.deepEqual([ids.length, new Set(ids).size], [200, 200]);
  const [merged] = JSON.parse(exan('sweep', 'merge', at('killed'), '--json').stdout).sweeps;
  assert.deepEqual([merged.found, merged.gaps, merged.rows.length], [200, [], 200]);
});
test('a trial that is finished while nobody collects waits in Redis, through kill -9 of it and of the worker', {
  skip,
}, async () => {
  const { url, kill, start: begin } = await redis;
  const few = ['sweep', 'phase', ...grid(22), '--seeds', '5', '--redis', url, '--out', at('waiting')];
  const collector = start(...few);
  await until(() => collector.said().includes('20 trials to go'), collector);
  collector.child.kill('SIGKILL');
  const worker = start('worker', '--redis', url, '--workers', '1', '--idle', '2');
  assert.equal(await worker.ended, 0, worker.said());
  assert.equal(worker.printed(), '20 trials\n');
  await kill();
  await begin();
  assert.equal(collected(at('waiting')), 0);
  const later = start(...few); // no worker is left
  assert.equal(await later.ended, 0, later.said());
  assert.equal(collected(at('waiting')), 20);
});
test('a Redis that forgets all it was told only costs time', { skip }, async () => {
  const { url, kill, start: begin } = await redis;
  const few = ['sweep', 'phase', ...grid(24), '--seeds', '6', '--redis', url, '--out', at('forgotten')];
  const collector = start(...few);
  await until(() => collector.said().includes('24 trials to go'), collector);
  await kill();
  await begin({ persistent: false });
  const worker = start('worker', '--redis', url, '--workers', '1', '--lease', '1');
  assert.equal(await collector.ended, 0, collector.said());
  worker.child.kill('SIGKILL');
  assert.equal(collected(at('forgotten')), 24);
});
test('data that are others at the worker are refused there, and the sweep says which trials failed', {
  skip,
}, async () => {
  const { url } = await redis;
  const sweep = ['sweep', 'phase', '--data', at('own.npz'), '--sizes', '2', '--widths', '16', '--seeds', '2'];
  const collector = start(...sweep, '--methods', 'boundary', '--redis', url, '--out', at('own'));
  await until(() => collector.said().includes('2 trials to go'), collector);
  ownSet('0.5,0.25,1');
  const worker = start('worker', '--redis', url, '--workers', '1');
  assert.equal(await collector.ended, 2, collector.said());
  worker.child.kill('SIGKILL');
  assert.match(
    collector.said(),
    /2 of 2 trials failed, t[\da-f]{15} since exan worker: --data .*own\.npz are other samples/,
  );
});
test('a Redis that is not there, does not answer or refuses the password is said in one line within seconds', {
  skip,
}, async () => {
  const { port } = await redis;
  const mute = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => mute.once('listening', resolve));
  const address = mute.address();
  const silent = typeof address === 'object' && address ? address.port : 0;
  const cases: [string, RegExp][] = [
    [
      'redis://:secret@127.0.0.1:1',
      /: no Redis at 127\.0\.0\.1:1 \(.*ECONNREFUSED.*\); start one \(apt-get install redis-server\)/,
    ],
    [`redis://:secret@127.0.0.1:${silent}`, /: no Redis at 127\.0\.0\.1:\d+ \(it does not answer\)/],
    [
      `redis://:secret@127.0.0.1:${port}`,
      /: the Redis at 127\.0\.0\.1:\d+ refuses the password; give it in the URL or as EXAN_/,
    ],
    ['http://:secret@127.0.0.1', /--redis is not understood, expected redis:\/\/HOST:PORT/],
    ['secret', /--redis is not understood/],
  ];
  const runs = cases.flatMap(([url, message]) =>
    [['worker'], ['sweep', 'phase', ...grid(28), '--seeds', '1', '--out', at('no')]].map((command) => ({
      ...{ url, message, run: start(...command, '--redis', url) },
    })),
  );
  for (const { url, message, run } of runs) {
    assert.equal(await run.ended, 2, url);
    assert.match(run.said(), message);
    assert.ok(!run.said().includes('secret'), run.said());
  }
  mute.close();
  assert.match(
    exan('sweep', 'phase', '--redis', 'redis://x', '--shard', '1/2').stderr,
    /cannot be used with option '--shard/,
  );
});
test('a worker that is asked to end hands the trial that runs back at once, long before its lease is over', {
  skip,
}, async () => {
  const { url } = await redis;
  const client = new Redis(url);
  await client.flushall();
  const long = ['sweep', 'phase', '--sizes', '200', '--widths', '512', '--seeds', '1', '--methods', 'pursuit'];
  const collector = start(...long, '--redis', url, '--out', at('long'));
  const worker = start('worker', '--redis', url, '--workers', '1', '--lease', '600');
  const jobs = (state: string): Promise<number> => client.llen(`exan:trials:${state}`);
  for (const end = Date.now() + 60e3; (await jobs('active')) === 0; await pause(50))
    assert.ok(Date.now() < end, worker.said() + collector.said());
  await pause(500); // in the attack
  worker.child.kill('SIGINT');
  assert.equal(await worker.ended, 130, worker.said());
  assert.deepEqual([await jobs('active'), await jobs('wait')], [0, 1]);
  collector.child.kill('SIGINT');
  assert.equal(await collector.ended, 130, collector.said());
  assert.deepEqual(
    readdirSync(at('long')).map((name) => name.replace(/-[\da-f]{8}/, '')),
    ['phase.sweep.json'],
  );
  await client.flushall();
  client.disconnect();
});
test('a trial that its experiment refuses is tried once, and said with its reason', { skip }, async () => {
  const { url } = await redis;
  const huge = ['sweep', 'phase', '--sizes', '2', '--widths', '3000000000', '--seeds', '1', '--methods', 'exan'];
  const worker = start('worker', '--redis', url, '--workers', '1', '--idle', '3');
  const collector = start(...huge, '--redis', url, '--out', at('refused'));
  assert.equal(await collector.ended, 2, collector.said());
  assert.match(collector.said(), /1 of 1 trials failed, t[\da-f]{15} since mlp: widths 784,3000000000,10 make/);
  worker.child.kill('SIGKILL');
});
test('where the packages of queues are not installed, what to install is said, and all else runs', () => {
  const without = `const loader = require('node:module'), resolve = loader._resolveFilename;
    loader._resolveFilename = function (name, ...more) {
      if (name !== 'bullmq') return resolve.call(this, name, ...more);
      throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' });
    };`;
  writeFileSync(at('without.js'), without);
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--require', at('without.js'), cli, ...args], { encoding: 'utf8' });
  for (const command of [['worker'], ['sweep', 'phase', ...grid(40), '--seeds', '1', '--out', at('without')]]) {
    const { status, stderr } = run(...command, '--redis', 'redis://127.0.0.1:1');
    assert.equal(status, 2);
    assert.match(stderr, /: --redis needs two packages that are not installed\n {2}npm install bullmq ioredis\n$/);
  }
  assert.equal(run('sweep', 'phase', ...grid(40), '--seeds', '1', '--workers', '0', '--out', at('without')).status, 0);
});
test('a second collector of a sweep in the same folder is refused while the first waits', { skip }, async () => {
  const { url } = await redis;
  const few = ['sweep', 'phase', ...grid(42), '--seeds', '1', '--redis', url, '--out', at('twice')];
  const first = start(...few);
  await until(() => first.said().includes('4 trials to go'), first);
  const second = exan(...few);
  assert.deepEqual([second.code, second.stdout], [2, '']);
  assert.match(second.stderr, /trialLog: .*twice is in use by process \d+/);
  const worker = start('worker', '--redis', url, '--workers', '1', '--idle', '1');
  assert.equal(await first.ended, 0, first.said());
  assert.equal(await worker.ended, 0, worker.said());
});
