import {
  type Dataset,
  exclusivityState,
  expectedExans,
  type Figure,
  type Mlp,
  securityBoundary,
  viz,
} from '../../src/browser';
import { caseOf, type Setting } from './setting';

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
export function exclusivity(digits: Dataset, setting: Setting): Exclusivity {
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
  return {
    counts: state.counts.map(([count]) => count ?? 0),
    expected: expectedExans(width, size, firing),
    firing,
    map,
    insecure: securityBoundary(state).insecure,
    curve: viz.staticPicture(curve(digits, model, setting, firing)).data,
  };
}

function curve(digits: Dataset, model: Mlp, { size, width, seed }: Setting, firing: number): Figure {
  const mean = (of: number): number => {
    const counts = exclusivityState(model, digits.draw({ size: of, seed })).counts;
    return counts.reduce((sum, [count]) => sum + (count ?? 0), 0) / of;
  };
  const line = { type: 'scatter', mode: 'lines+markers' } as const;
  const own = { type: 'scatter', mode: 'markers', marker: { symbol: 'diamond' } } as const;
  const measured = sizes.map(mean);
  const shown = sizes.filter((of) => expectedExans(width, of, firing) >= 0.01);
  return {
    data: [
      { ...line, name: 'measured', x: sizes, y: measured },
      {
        ...line,
        name: 'expected',
        line: { width: 2, dash: 'dot' },
        x: shown,
        y: shown.map((of) => expectedExans(width, of, firing)),
      },
      { ...own, name: 'this batch', x: [size], y: [mean(size)] },
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
