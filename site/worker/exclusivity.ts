import {
  type Dataset,
  type ExanCountsRow,
  exanCounts,
  expectedExans,
  type Figure,
  type Mlp,
  securityBoundary,
  viz,
} from '../../src/browser';
import { caseOf, type Setting } from './setting';

type Trace = Figure['data'][number];

/** How exclusive a batch is. */
export interface Exclusivity {
  /** exclusive neurons of each sample */
  readonly counts: readonly number[];
  /** what independent activations would give, if each neuron fired as often as it does here */
  readonly expected: number;
  /** fraction of neurons that a sample turns on */
  readonly firing: number;
  /** samples x neurons: 0 silent, 1 fires, 2 fires alone; neurons in the order of who fires alone */
  readonly map: Uint8Array;
  /** whether the paper's attack reads all of it */
  readonly insecure: boolean;
  /** mean count over batch size, measured and expected, as SVG */
  readonly curve: string;
}

/** Batch sizes of the curve. */
const sizes = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];

/** Counts of a setting's batch, and how the mean count falls as the batch grows. */
export async function exclusivity(digits: Dataset, setting: Setting): Promise<Exclusivity> {
  const { model, state } = caseOf(digits, setting);
  const { size, width } = setting;
  const [pattern] = state.patterns;
  const fires = pattern?.fires ?? new Uint8Array(0);
  const firing = fires.reduce((sum, on) => sum + on, 0) / fires.length;
  const owner = new Int32Array(width).fill(-1);
  state.exans[0]?.forEach((neurons, m) => {
    for (const j of neurons) owner[j] = m;
  });
  const place = (j: number): number => ((owner[j] as number) < 0 ? size : (owner[j] as number));
  const order = Array.from({ length: width }, (_, j) => j).sort((a, b) => place(a) - place(b) || a - b);
  const map = new Uint8Array(size * width);
  for (let m = 0; m < size; m++)
    order.forEach((j, k) => {
      map[m * width + k] = owner[j] === m ? 2 : (fires[m * width + j] as number);
    });
  const counts = state.counts.map(([count]) => count ?? 0);
  const mean = counts.reduce((sum, v) => sum + v, 0) / size;
  return {
    counts,
    expected: expectedExans(width, size, firing),
    firing,
    map,
    insecure: securityBoundary(state).insecure,
    curve: viz.staticPicture(curve(await countsOver(digits, model, setting), size, mean)).data,
  };
}

const curves = new Map<string, Promise<ExanCountsRow[]>>();

/** Counts over batch sizes, kept for the networks and seeds that a page came by. */
function countsOver(digits: Dataset, model: Mlp, { width, seed }: Setting): Promise<ExanCountsRow[]> {
  const key = `${width} ${seed}`;
  const known = curves.get(key) ?? exanCounts(model, digits, { sizes, seeds: [seed] });
  curves.set(key, known);
  return known;
}

function curve(rows: readonly ExanCountsRow[], size: number, own: number): Figure {
  const line = (name: string, of: (row: ExanCountsRow) => number, dash: 'solid' | 'dot'): Trace => {
    const shown = rows.filter((row) => of(row) >= 0.01);
    const [x, y] = [shown.map((row) => row.size), shown.map(of)];
    return { type: 'scatter', mode: 'lines+markers', name, line: { width: 2, dash }, x, y };
  };
  return {
    data: [
      line('measured', (row) => row.mean, 'solid'),
      line('were all neurons alike', (row) => row.expected, 'dot'),
      line('each at its own rate', (row) => row.expectedByNeuron, 'dot'),
      { type: 'scatter', mode: 'markers', marker: { symbol: 'diamond' }, name: 'this batch', x: [size], y: [own] },
    ],
    layout: {
      title: { text: 'Exclusive neurons of a digit, on average' },
      width: 660,
      height: 300,
      colorway: viz.colorway,
      xaxis: { title: { text: 'digits in the batch' } },
      yaxis: { title: { text: 'neurons' }, type: 'log' },
    },
  };
}
