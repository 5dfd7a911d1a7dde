import { check } from '../check';
import { type Figure, named, type Trace } from './figure';

/** What was measured after an epoch, by name: `loss`, `acc`, and with validation `val_loss`, `val_acc`. */
export type EpochLogs = Readonly<Record<string, number>>;

/** Ahead of the name of what was measured on samples that were not trained on. */
const validation = 'val_';

/**
 * Loss and metrics over the epochs of a training, one line each; those of validation samples are dotted.
 *
 * @param epochs what `model.fit` of TensorFlow.js logs after each epoch; numbers that are not finite are left out
 * @throws InputError when there are no epochs
 * @example
 * viz.trainingCurve([{ loss: 2.3, acc: 0.1 }, { loss: 0.4, acc: 0.9 }]).data.length;  // => 2
 */
export function trainingCurve(epochs: readonly EpochLogs[]): Figure {
  check(epochs.length > 0, () => 'trainingCurve: there are no epochs, expected at least one');
  const names = [...new Set(epochs.flatMap((logs) => Object.keys(logs)))];
  return {
    data: names.map((name): Trace => {
      const points = epochs.flatMap((logs, k) => {
        const y = logs[name];
        return y !== undefined && Number.isFinite(y) ? [{ x: k + 1, y }] : [];
      });
      return {
        type: 'scatter',
        mode: 'lines+markers',
        name,
        line: { width: 2, dash: name.startsWith(validation) ? 'dot' : 'solid' },
        x: points.map(({ x }) => x),
        y: points.map(({ y }) => y),
      };
    }),
    layout: {
      title: { text: 'Training' },
      height: 360,
      ...named,
      xaxis: { automargin: true, title: { text: 'epoch' } },
      yaxis: { title: { text: names.join(', ') } },
    },
  };
}
