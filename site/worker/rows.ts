import { type Batch, type Dataset, viz } from '../../src/browser';
import { type Case, caseOf, type Setting } from './setting';

/** A batch and its neurons, those that fewest samples turn on first; silent ones are left out. */
export interface Drawn {
  readonly picture: string;
  readonly neurons: readonly { readonly neuron: number; readonly samples: readonly number[] }[];
  /** how many of them are exclusive */
  readonly exclusive: number;
}

/** One row of the gradient, and how far it is from the digit that it shows. */
export interface Row {
  /** the row as a picture, and the digits that turn its neuron on */
  readonly row: string;
  readonly digits: string;
  /** largest difference of a pixel between row / bias gradient and the digit; null where several samples share the row */
  readonly difference: number | null;
}

/** Draws a batch and sorts the neurons. */
export function drawn(digits: Dataset, setting: Setting): Drawn {
  const { secret, state } = caseOf(digits, setting);
  const [pattern] = state.patterns;
  const neurons = Array.from({ length: setting.width }, (_, neuron) => ({
    neuron,
    samples: [...secret.labels.keys()].filter((m) => pattern?.fires[m * setting.width + neuron] === 1),
  }))
    .filter(({ samples }) => samples.length > 0)
    .sort((a, b) => a.samples.length - b.samples.length || a.neuron - b.neuron);
  return {
    picture: picture({ 'the batch': secret }, `A batch of ${setting.size}`),
    neurons,
    exclusive: neurons.filter(({ samples }) => samples.length === 1).length,
  };
}

/** A neuron's row of the gradient of the first layer. */
export function row(digits: Dataset, { setting, neuron }: { setting: Setting; neuron: number }): Row {
  const known = caseOf(digits, setting);
  const { rowOf, bias } = rowsOf(known);
  const values = rowOf(neuron);
  const samples = firing(known, neuron, setting.width);
  const most = values.reduce((top, v) => Math.max(top, Math.abs(v)), 0);
  const [only] = samples.length === 1 ? samples : [];
  const digit = only === undefined ? null : inputOf(known.secret, only);
  const share = bias[neuron] as number;
  const shown = batchOf(known.secret, [values.map((v) => Math.abs(v) / most)], [0]);
  const own = batchOf(
    known.secret,
    samples.map((m) => inputOf(known.secret, m)),
    samples.map((m) => known.secret.labels[m] as number),
  );
  const title = samples.length === 1 ? 'The digit that turns it on' : `The ${samples.length} digits that turn it on`;
  return {
    row: picture({ row: shown }, 'Its row of the gradient', [`${neuron}`]),
    digits: picture({ digits: own }, title),
    difference: digit && values.reduce((top, v, k) => Math.max(top, Math.abs(v / share - (digit[k] as number))), 0),
  };
}

function rowsOf({ gradient }: Case): { rowOf: (j: number) => Float64Array; bias: Float64Array } {
  const [first] = gradient.gradients;
  if (!first?.bias) throw new Error('the first layer has biases');
  const { data, columns } = first.weight;
  return { rowOf: (j) => data.subarray(j * columns, (j + 1) * columns), bias: first.bias };
}

function firing({ state, secret }: Case, neuron: number, width: number): number[] {
  return [...secret.labels.keys()].filter((m) => state.patterns[0]?.fires[m * width + neuron] === 1);
}

function inputOf({ inputs }: Batch, m: number): Float64Array {
  return inputs.data.subarray(m * inputs.columns, (m + 1) * inputs.columns);
}

function batchOf({ image, inputs }: Batch, rows: readonly Float64Array[], labels: readonly number[]): Batch {
  const data = new Float64Array(rows.length * inputs.columns);
  rows.forEach((values, m) => data.set(values, m * inputs.columns));
  const own = { inputs: { rows: rows.length, columns: inputs.columns, data }, labels: Int32Array.from(labels) };
  return { ...own, ...(image && { image }) };
}

/** As SVG; labels stand below, unless other captions are given. */
function picture(batches: Readonly<Record<string, Batch>>, title: string, captions?: readonly string[]): string {
  return viz.staticPicture(viz.imageGrid(batches, { title, ...(captions && { captions }) })).data;
}
