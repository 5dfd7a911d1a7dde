import { check } from '../check';
import { groupedBy } from '../math/groupedBy';
import { type Figure, named } from './figure';

/** What the figure needs of a trial: where it lies, what was tried, and whether it succeeded. */
export interface PhaseRow {
  readonly size: number;
  readonly width: number;
  readonly depth: number;
  readonly method: string;
  readonly success: boolean;
}

const names: Record<string, string> = {
  boundary: "paper's insecure boundary",
  exan: 'ExAN attack, samples taken away',
  pursuit: 'pattern pursuit',
  support: 'support limit',
};

/**
 * Success rate over the batch size, one line per method and network: where each attack ends.
 *
 * @param rows trials, several seeds per point
 * @throws InputError when there are none
 * @example
 * const trial = { size: 8, width: 512, depth: 1, method: 'pursuit', success: true };
 * viz.phaseDiagram([trial, { ...trial, size: 200, success: false }]).data.length;  // => 1
 */
export function phaseDiagram(rows: readonly PhaseRow[]): Figure {
  check(rows.length > 0, () => 'phaseDiagram: there are no trials, expected at least one');
  const networks = new Set(rows.map((r) => `${r.width} ${r.depth}`)).size;
  return {
    data: groupedBy(rows, lineOf).map((line) => {
      const [{ method, width, depth }] = line;
      const sizes = [...new Set(line.map((r) => r.size))].sort((a, b) => a - b);
      const network = networks > 1 ? `, ${new Array(depth).fill(width).join('-')}` : '';
      return {
        type: 'scatter' as const,
        mode: 'lines+markers' as const,
        name: (names[method] ?? method) + network,
        x: sizes,
        y: sizes.map((size) => rate(line.filter((r) => r.size === size))),
      };
    }),
    layout: {
      title: { text: 'Batches recovered whole' },
      height: 420,
      ...named,
      xaxis: { automargin: true, title: { text: 'batch size M' } },
      yaxis: { title: { text: 'success rate' } },
    },
  };
}

function lineOf({ method, width, depth }: PhaseRow): string {
  return `${method} ${width} ${depth}`;
}

function rate(rows: readonly PhaseRow[]): number {
  return rows.filter((r) => r.success).length / rows.length;
}
