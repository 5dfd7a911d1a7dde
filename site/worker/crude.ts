import { type AveragedGradient, type Batch, baselines, score, viz } from '../../src/browser';
import type { Case } from './setting';

/** What dividing each row by its bias's gradient shows. */
export interface Crude {
  /** the batch above the candidate that is closest to each digit, as SVG; null without candidates */
  readonly crudely: string | null;
  /** digits to which a candidate comes within 20 dB, as near as an eye asks for */
  readonly visible: number;
}

/** Peak signal to noise of a picture that one recognises. */
const recognised = 20;

/** The crudest attack on a gradient; which of its candidates is which digit is told by the truth. */
export function crude({ model, secret }: Case, shared: AveragedGradient): Crude {
  const { inputs } = baselines.rowRatios(model, shared, { bounds: [0, 1] });
  if (inputs.rows === 0) return { crudely: null, visible: 0 };
  const { pairs } = score({ inputs, labels: new Int32Array(inputs.rows) }, secret);
  const closest = [...pairs].sort((a, b) => a.truth - b.truth);
  const captions = new Array<string>(secret.labels.length).fill('–');
  for (const { truth, psnr } of closest) captions[truth] = psnr > 200 ? 'exact' : `${psnr.toFixed(0)} dB`;
  const found = pick(
    { inputs, labels: secret.labels },
    closest.map((pair) => pair.found),
  );
  const visible = closest.filter(({ psnr }) => psnr >= recognised).length;
  const title = `${visible} of ${secret.labels.length} digits come within ${recognised} dB`;
  const figure = viz.imageGrid({ 'the batch': secret, 'a row': found }, { captions, title });
  return { crudely: viz.staticPicture(figure).data, visible };
}

function pick({ inputs }: Batch, rows: readonly number[]): Batch {
  const data = new Float64Array(rows.length * inputs.columns);
  rows.forEach((from, to) => {
    data.set(inputs.data.subarray(from * inputs.columns, (from + 1) * inputs.columns), to * inputs.columns);
  });
  return { inputs: { rows: rows.length, columns: inputs.columns, data }, labels: new Int32Array(rows.length) };
}
