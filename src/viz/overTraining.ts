import { check } from '../check';
import { type Figure, named } from './figure';

/** What the figure needs of a row: how long the network was trained, what it can, and what an attack found. */
export interface OverTrainingPoint {
  readonly steps: number;
  readonly accuracy: number;
  readonly precision: string;
  readonly recovered: { readonly mean: number };
  readonly within: { readonly mean: number };
  readonly exact: { readonly mean: number };
}

const titles = {
  recovered: 'fraction of samples recovered',
  within: 'fraction of samples true within three error bars',
  exact: 'fraction of batches exact',
};

/**
 * What an attack finds over training, one line per precision of the gradient; steps lie evenly, each with its accuracy.
 *
 * @param of what is drawn. @default 'recovered'
 * @throws InputError when there are no rows
 * @example
 * const found = { recovered: { mean: 1 }, within: { mean: 1 }, exact: { mean: 0.8 } };
 * const rows = ['float64', 'fp16'].map((precision) => ({ steps: 300, accuracy: 0.91, precision, ...found }));
 * viz.overTraining(rows).data.length;  // => 2
 */
export function overTraining(rows: readonly OverTrainingPoint[], of: keyof typeof titles = 'recovered'): Figure {
  check(rows.length > 0, () => 'overTraining: there are no rows, expected at least one');
  check(of in titles, () => `overTraining: of is ${of}, expected ${Object.keys(titles).join(', ')}`);
  const precisions = [...new Set(rows.map((r) => r.precision))];
  return {
    data: precisions.map((precision, k) => {
      const own = rows.filter((r) => r.precision === precision).sort((a, b) => a.steps - b.steps);
      return {
        type: 'scatter',
        mode: 'lines+markers',
        name: precision,
        // lines often lie upon each other: the later ones are thinner, so that all can be seen
        line: { width: 2 * (precisions.length - k), dash: 'solid' },
        x: own.map((r) => `${r.steps} (${(100 * r.accuracy).toFixed(0)} %)`),
        y: own.map((r) => r[of].mean),
      };
    }),
    layout: {
      title: { text: 'What the attack finds over training' },
      height: 420,
      ...named,
      xaxis: { automargin: true, title: { text: 'steps of training (accuracy)' }, type: 'category' },
      yaxis: { title: { text: titles[of] } },
    },
  };
}
