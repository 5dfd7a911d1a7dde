import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterEach, test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { watchFit } from '../../src/notebook/watchFit';
import type { Figure } from '../../src/viz/figure';
import '../support/layersModels';

interface Sent {
  readonly data: Readonly<Record<string, unknown>>;
  readonly options: { readonly displayId: string; readonly update: boolean };
}

const key = Symbol.for('exan.kernel');

/** A kernel that notes what it is sent. */
function noting(): Sent[] {
  const sent: Sent[] = [];
  Object.assign(globalThis, {
    [key]: { display: (data: Sent['data'], options: Sent['options']) => sent.push({ data, options }) },
  });
  return sent;
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, key);
});

const figureOf = ({ data }: Sent): Figure => data['application/vnd.plotly.v1+json'] as Figure;

function model(): tf.Sequential {
  const layers = tf.sequential({ layers: [tf.layers.dense({ inputShape: [3], units: 2, activation: 'softmax' })] });
  layers.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return layers;
}

test('watchFit(label) ends with the curve of the whole history, in one display that is updated', async () => {
  const sent = noting();
  const callbacks = watchFit('digits');
  const fit = () =>
    model().fit(tf.randomNormal([12, 3]), tf.zeros([12]), {
      epochs: 4,
      batchSize: 5,
      validationSplit: 0.25,
      callbacks,
    });
  const { history } = await fit();
  const last = sent[sent.length - 1]!;
  assert.deepEqual(
    figureOf(last).data.map((trace) => (trace.type === 'scatter' ? [trace.name, trace.line?.dash, trace.y] : [])),
    Object.entries(history).map(([name, values]) => [name, name.startsWith('val_') ? 'dot' : 'solid', values]),
  );
  assert.match(String(last.data['text/plain']), /^digits, epoch 4, val_loss \S+, val_acc \S+, loss \S+, acc \S+$/);
  assert.ok('image/svg+xml' in last.data);
  assert.deepEqual(
    sent.map(({ options }) => options.update),
    sent.map((_, k) => k > 0),
  );
  assert.equal(new Set(sent.map(({ options }) => options.displayId)).size, 1);
  await fit();
  assert.equal(new Set(sent.map(({ options }) => options.displayId)).size, 2); // another training, another figure
});
test('watchFit() shows the mean of the epoch that runs, some time after the last picture, and not each batch', async () => {
  const sent = noting();
  const watched = watchFit();
  const pause = () => new Promise((done) => setTimeout(done, 350));
  watched.onTrainBegin();
  watched.onBatchEnd(0, { batch: 0, size: 30, loss: 2 });
  await pause();
  watched.onBatchEnd(1, { batch: 1, size: 10, loss: 4 });
  watched.onBatchEnd(2, { batch: 2, size: 10, loss: 4 });
  watched.onEpochEnd(0, { loss: 2.8 });
  assert.equal(sent.length, 1);
  watched.onTrainEnd();
  watched.onTrainEnd();
  assert.deepEqual(
    sent.map((one) => figureOf(one).data.map((trace) => [trace.type, 'y' in trace && trace.y])),
    [[['scatter', [2.5]]], [['scatter', [2.8]]]],
  );
});
test('a loss that is not finite leaves a gap, and the line says it', () => {
  const sent = noting();
  const watched = watchFit();
  watched.onTrainBegin();
  watched.onEpochEnd(0, { loss: 1 });
  watched.onEpochEnd(1, { loss: Number.NaN });
  watched.onTrainEnd();
  const [trace] = figureOf(sent[0]!).data;
  assert.deepEqual(trace?.type === 'scatter' && [trace.x, trace.y], [[1], [1]]);
  assert.equal(sent[0]?.data['text/plain'], 'training, epoch 2, loss NaN');
});
test('outside of a notebook watchFit() writes lines to standard error', () => {
  const code = `const { watchFit } = require(${JSON.stringify(resolve('build', 'src', 'index.js'))});
    const watched = watchFit();
    watched.onTrainBegin();
    watched.onBatchEnd(0, { size: 1, loss: 5 });
    watched.onEpochEnd(0, { loss: 5 });
    watched.onEpochEnd(1, { loss: 0.25 });
    watched.onTrainEnd();`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  assert.deepEqual([stdout, stderr], ['', 'training, epoch 2, loss 0.25\n']);
});
