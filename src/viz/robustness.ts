import { check } from '../check';
import { type Figure, named } from './figure';

/** What the figure needs of a row: how disturbed the gradient was, and what an attack still found. */
export interface RobustnessPoint {
  readonly kind: string;
  readonly level: number;
  readonly attack: string;
  readonly visible: { readonly mean: number };
  readonly exact: { readonly mean: number };
}

/**
 * Fraction of the batch over the noise on the gradient, two lines per attack: samples visible (20 dB) and samples to a mean
 * squared error of 1e-6.
 *
 * @param kind of the disturbance whose levels lie across. @default 'noise'
 * @throws InputError when no row is of this kind
 * @example
 * const point = { kind: 'noise', level: 1e-3, attack: 'ExAN', visible: { mean: 1 }, exact: { mean: 0.5 } };
 * viz.robustness([point, { ...point, level: 1e-2 }]).data.length;  // => 2
 */
export function robustness(rows: readonly RobustnessPoint[], kind = 'noise'): Figure {
  const shown = rows.filter((r) => r.kind === kind && r.level > 0);
  check(shown.length > 0, () => `robustness: no row of kind '${kind}' with a level above 0, expected at least one`);
  const attacks = [...new Set(shown.map((r) => r.attack))];
  const line = (attack: string, name: string, of: (row: RobustnessPoint) => number): Figure['data'][number] => {
    // lines often lie upon each other: the later ones are thinner, so that all can be seen
    const width = 2 * (attacks.length - attacks.indexOf(attack));
    const own = shown.filter((r) => r.attack === attack).sort((a, b) => a.level - b.level);
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name: `${attack}, ${name}`,
      line: { width, dash: name === 'visible' ? 'solid' : 'dot' },
      x: own.map((r) => r.level),
      y: own.map(of),
    };
  };
  return {
    data: attacks.flatMap((attack) => [
      line(attack, 'visible', (r) => r.visible.mean),
      line(attack, 'MSE ≤ 1e-6', (r) => r.exact.mean),
    ]),
    layout: {
      title: { text: `What each attack finds over ${kind}` },
      height: 420,
      ...named,
      xaxis: {
        automargin: true,
        title: { text: `${kind}, relative to each array` },
        type: 'log',
        exponentformat: 'power',
      },
      yaxis: { title: { text: 'fraction of the batch' } },
    },
  };
}
