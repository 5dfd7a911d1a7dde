import { randomUUID } from 'node:crypto';
import { type EpochLogs, trainingCurve } from '../viz/trainingCurve';
import { formatValue } from './formatValue';
import { mimeBundle } from './mimeBundle';
import { deliver } from './show';

/** What `model.fit` of TensorFlow.js calls while it trains: give it as `callbacks`. */
export interface FitCallbacks {
  onTrainBegin(): void;
  onBatchEnd(batch: number, logs?: EpochLogs): void;
  onEpochEnd(epoch: number, logs?: EpochLogs): void;
  onTrainEnd(): void;
}

/** Milliseconds between two pictures: drawing one takes a few. */
const PAUSE = 300;

/**
 * Shows loss and metrics of a TensorFlow.js model while it trains: a figure that is updated in place, the epoch that runs as its last
 * point; outside of a notebook a line on standard error after each epoch.
 *
 * @example
 * const layers = tf.sequential({ layers: [tf.layers.dense({ inputShape: [4], units: 2, activation: 'softmax' })] });
 * layers.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
 * const past = await layers.fit(tf.ones([8, 4]), tf.zeros([8]), { epochs: 3, callbacks: watchFit() });
 * past.epoch.length;  // => 3
 */
export function watchFit(label = 'training'): FitCallbacks {
  let display = { displayId: '', update: false };
  let epochs: EpochLogs[] = [];
  let running: EpochLogs = {};
  let [shown, pending, inNotebook] = [0, false, true];
  const report = (): void => {
    const all = running.size ? [...epochs, meanOf(running)] : epochs;
    const line = fitLine(label, all);
    inNotebook = deliver({ ...mimeBundle(trainingCurve(all)), 'text/plain': line }, display);
    if (!inNotebook) process.stderr.write(`${line}\n`);
    display = { ...display, update: true };
    [shown, pending] = [performance.now(), false];
  };
  const noted = (): void => {
    pending = true;
    if (performance.now() - shown >= PAUSE) report();
  };
  return {
    onTrainBegin() {
      display = { displayId: `exan-${randomUUID()}`, update: false };
      [epochs, running, shown, pending, inNotebook] = [[], {}, performance.now(), false, true];
    },
    onBatchEnd(_, logs = {}) {
      running = added(running, logs);
      if (inNotebook) noted();
    },
    onEpochEnd(_, logs = {}) {
      epochs.push({ ...logs });
      running = {};
      noted();
    },
    onTrainEnd() {
      if (pending) report();
    },
  };
}

/** A line for those who see no figure. */
function fitLine(label: string, epochs: readonly EpochLogs[]): string {
  const logs = Object.entries(epochs[epochs.length - 1] ?? {});
  return [`${label}, epoch ${epochs.length}`, ...logs.map(([name, value]) => `${name} ${formatValue(value)}`)].join(
    ', ',
  );
}

/** Sums over the samples of the epoch that runs; `size` counts them. */
function added(sums: EpochLogs, { batch: _, size = 1, ...logs }: EpochLogs): EpochLogs {
  const weighted = Object.entries(logs).map(([name, value]) => [name, (sums[name] ?? 0) + size * value]);
  return { ...Object.fromEntries(weighted), size: (sums.size ?? 0) + size };
}

function meanOf({ size = 1, ...sums }: EpochLogs): EpochLogs {
  return Object.fromEntries(Object.entries(sums).map(([name, total]) => [name, total / size]));
}
