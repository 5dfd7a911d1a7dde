import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from 'esbuild';
import * as all from '../src';
import * as browser from '../src/browser';

/** Names of values, those of namespaces too. */
function namesOf(module: object, prefix = ''): string[] {
  return Object.entries(module).flatMap(([name, value]) =>
    value?.__esModule ? namesOf(value, `${prefix}${name}.`) : [prefix + name],
  );
}

test('the browser entry has the names of the library, without those that need files, threads, TensorFlow.js or a notebook', () => {
  const own = namesOf(browser);
  const whole = namesOf(all);
  assert.deepEqual(
    own.filter((name) => !whole.includes(name)),
    [],
  );
  const missing = whole.filter((name) => !own.includes(name) && !/^(data|baselines)\./.test(name));
  assert.deepEqual(missing.sort(), [
    'attackComparison',
    'attackOutcome',
    'attacks',
    'captureTensorflow',
    'contestants',
    'convolutionalBatches',
    'convolutionalBoundary',
    'convolutionalDefences',
    'evaluateDefences',
    'federatedDefences',
    'federatedSettings',
    'largestBatches',
    'overTraining',
    'phaseDiagram',
    'progress',
    'readBatch',
    'readConvNet',
    'readGradient',
    'readModel',
    'readUpdate',
    'robustness',
    'show',
    'summedUp',
    'table',
    'trainDefended',
    'watch',
    'watchFit',
    'writeBatch',
    'writeConvNet',
    'writeGradient',
    'writeModel',
  ]);
});

test('nothing behind the browser entry asks for Node or for threads', async () => {
  const { metafile } = await build({
    entryPoints: ['src/browser.ts'],
    ...{ bundle: true, platform: 'browser', format: 'esm', write: false, metafile: true, logLevel: 'silent' },
    external: ['highs'],
  });
  const inputs = Object.keys(metafile.inputs);
  assert.ok(inputs.length > 100);
  assert.deepEqual(
    inputs.filter(
      (path) =>
        path.includes('node_modules') &&
        !/\/(linear-sum-assignment|ml-[^/]+|fft\.js|is-any-array|cheminfo-types)\//.test(path),
    ),
    [],
  );
});

const model = browser.mlp({ widths: [784, 512, 10], seed: 7 });
const digits = all.data.mnist();

test('reconstructAsync of the browser entry gives the answer of reconstruct, and lets others have turns', async () => {
  const secret = (await digits).draw({ size: 24, seed: 3 });
  const gradient = browser.captureGradient(model, secret);
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const found = await browser.reconstructAsync(model, gradient);
  clearInterval(timer);
  assert.equal(found.status, 'exact');
  assert.ok(turns > 0);
  const { seconds: _, ...here } = browser.reconstruct(model, gradient);
  const { seconds: __, ...inTurns } = found;
  assert.deepEqual(inTurns, here);
});

test('reconstructAsync of the browser entry is stopped by its signal, and has no other threads', async () => {
  const secret = (await digits).draw({ size: 128, seed: 3 });
  const gradient = browser.captureGradient(model, secret);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 100);
  const found = await browser.reconstructAsync(model, gradient, { signal: stop.signal });
  assert.notEqual(found.status, 'exact');
  assert.match(found.reason, /it was stopped/);
  await assert.rejects(browser.reconstructAsync(model, gradient, { workers: 2 }), /workers is 2, expected 1/);
});
