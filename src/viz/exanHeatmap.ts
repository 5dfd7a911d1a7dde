import { check } from '../check';
import { type Figure, widthOf } from './figure';

/** White, where a sample has no exclusive neuron, to dark blue. */
const blues = [
  [0, 'rgb(255,255,255)'],
  [1, 'rgb(8,81,156)'],
] as const;

/**
 * The exclusivity state as a picture: how many neurons each sample alone activates (rows), in each ReLU layer (columns).
 *
 * @param state anything with the counts of an exclusivity state: `counts[m][i]` for sample m, ReLU layer i
 * @throws InputError when there is no sample
 * @example
 * viz.exanHeatmap(exclusivityState(model, secret)).layout.title.text;  // => 'ExANs per sample and layer'
 */
export function exanHeatmap({ counts }: { readonly counts: readonly (readonly number[])[] }): Figure {
  check(counts.length > 0, () => 'exanHeatmap: the state has no samples, expected at least one');
  const layers = counts[0]?.length ?? 0;
  return {
    data: [
      {
        type: 'heatmap',
        z: counts,
        x: Array.from({ length: layers }, (_, i) => `ReLU ${i}`),
        y: counts.map((_, m) => `sample ${m}`),
        text: counts.map((row) => row.map(String)),
        texttemplate: '%{text}',
        zmin: 0,
        zmax: Math.max(1, ...counts.flat()),
        colorscale: blues,
        hovertemplate: '%{y}, %{x}: %{z} ExANs<extra></extra>',
      },
    ],
    layout: {
      title: { text: 'ExANs per sample and layer' },
      ...widthOf(260 + 90 * layers),
      height: 100 + 26 * counts.length,
      margin: { l: 90, r: 90, t: 50, b: 50 },
      xaxis: { type: 'category' },
      yaxis: { type: 'category', autorange: 'reversed' },
    },
  };
}
