import { check } from '../check';
import { type Figure, named, sizesAxis, type Trace } from './figure';

/** What the figure needs of a row: how many ExANs a sample has in batches of this size, and how many were to be expected. */
export interface ExanCountsPoint {
  readonly size: number;
  readonly mean: number;
  readonly expectedByNeuron: number;
}

/**
 * ExANs per sample over the batch size on logarithmic axes: for each series what was counted and, dotted, what independent neurons would
 * give. The paper's boundary needs 2 in the last ReLU layer.
 *
 * @param series rows by the name of their network, data set or layer
 * @throws InputError when there is no series, or one without rows
 * @example
 * viz.exanCounts({ digits: [{ size: 2, mean: 90, expectedByNeuron: 80 }] }).data.length;  // => 2
 */
export function exanCounts(series: Readonly<Record<string, readonly ExanCountsPoint[]>>): Figure {
  const lines = Object.entries(series);
  check(
    lines.length > 0 && lines.every(([, rows]) => rows.length > 0),
    () => `exanCounts: ${lines.length} series, expected at least one, each with rows`,
  );
  const sizes = [...new Set(lines.flatMap(([, rows]) => rows.map(({ size }) => size)))].sort((a, b) => a - b);
  const draw = (rows: readonly ExanCountsPoint[], name: string, of: (row: ExanCountsPoint) => number): Trace => {
    const own = [...rows].sort((a, b) => a.size - b.size).filter((row) => of(row) > 0);
    const dash = name.endsWith(', expected') ? 'dot' : 'solid';
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name,
      line: { width: 2, dash },
      x: own.map(({ size }) => size),
      y: own.map(of),
    };
  };
  return {
    data: lines.flatMap(([name, rows]) => [
      draw(rows, name, ({ mean }) => mean),
      draw(rows, `${name}, expected`, ({ expectedByNeuron }) => expectedByNeuron),
    ]),
    layout: {
      title: { text: 'ExANs per sample (2 are needed)' },
      height: 420,
      ...named,
      xaxis: sizesAxis(sizes),
      yaxis: { title: { text: 'ExANs per sample' }, type: 'log' },
    },
  };
}
