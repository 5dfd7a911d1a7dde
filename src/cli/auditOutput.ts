import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { confirmed, type Reading } from '../baselines/judged/readings';
import { check } from '../check';
import { writeBatch } from '../data/batchFile';
import { writeAtomically } from '../data/files';
import { writeSafetensors } from '../data/safetensors';
import { fromRows } from '../math/matrix';
import { inputsOf } from '../model/layers';
import { type FoundSample, hasInput } from '../reconstruction/result';
import { page } from '../report/html/page';
import type { Shown } from '../report/html/readSections';
import type { PictureShape } from '../report/pictures';
import { type Evidence, listedSamples, type Report } from '../report/report';
import type { ConvNet, Mlp } from '../types';

/** What --shape does with its text: the order in which a picture's values are flattened. */
export function shapeOf(text: string): PictureShape {
  const wrong = (): InvalidArgumentError =>
    new InvalidArgumentError('Expected HxW, HxWxC or CxHxW with 1 or 3 channels, e.g. 28x28 or 3x32x32.');
  const sizes = text.split('x').map((part) => (/^[1-9]\d{0,5}$/.test(part) ? Number(part) : 0));
  if (sizes.includes(0) || sizes.length < 2 || sizes.length > 3) throw wrong();
  const [a = 0, b = 0, c = 1] = sizes;
  if (c === 1 || c === 3) return { height: a, width: b, channels: c, channelsFirst: false };
  if (a === 1 || a === 3) return { height: b, width: c, channels: a, channelsFirst: true };
  throw wrong();
}

/** The shape of the model's samples where they are pictures: as told, or as the architecture has it; null where neither. */
export function pictureShape(model: Mlp | ConvNet, told: PictureShape | undefined): PictureShape | null {
  const inputs = inputsOf(model);
  if (told) {
    const { height, width, channels } = told;
    check(
      height * width * channels === inputs,
      () => `exan audit: --shape ${height} x ${width}, ${channels} channels, expected the network's ${inputs} inputs`,
    );
    return told;
  }
  if (!('stack' in model)) return null;
  const { channels, height, width } = model.input;
  return channels === 1 || channels === 3 ? { height, width, channels, channelsFirst: true } : null;
}

/** Writes what an audit came to into a folder; returns the paths. */
export function writeAudit(folder: string, report: Report, evidence: Evidence, shape: PictureShape | null): string[] {
  const samples = listedSamples(evidence);
  const known = samples.filter(hasInput);
  const estimates = evidence.readings?.readings ?? [];
  const shown: Shown = {
    samples: samples.map((s) => (hasInput(s) ? s.input : null)),
    estimates: estimates.map((r) => r.input),
    shape,
    tabular: report.records !== undefined,
  };
  const paths: string[] = [];
  // what an audit before left there, and this one has not, would be taken for its own
  const put = (name: string, write: ((path: string) => void) | null): void => {
    const path = join(folder, name);
    if (write) {
      write(path);
      paths.push(path);
    } else rmSync(path, { force: true });
  };
  put('report.html', (path) => writeAtomically(path, page(report, shown)));
  put('report.json', (path) => writeAtomically(path, `${JSON.stringify(report, null, 1)}\n`));
  put('reconstruction.safetensors', known.length > 0 ? (path) => writeKnown(path, known) : null);
  put('estimates.safetensors', estimates.length > 0 ? (path) => writeEstimates(path, estimates) : null);
  return paths;
}

function writeKnown(path: string, known: readonly FoundSample[]): void {
  writeBatch(path, { inputs: fromRows(known.map((s) => s.input)), labels: Int32Array.from(known, (s) => s.label) });
}

function writeEstimates(path: string, estimates: readonly Reading[]): void {
  const inputs = fromRows(estimates.map((r) => r.input));
  const numbers = (of: (r: Reading) => number): Float64Array => Float64Array.from(estimates, of);
  writeSafetensors(
    path,
    new Map([
      ['inputs', { dtype: 'F64', shape: [inputs.rows, inputs.columns], data: inputs.data }],
      ['labels', { dtype: 'I64', shape: [inputs.rows], data: numbers((r) => r.label ?? -1) }],
      ['confirmed', { dtype: 'I32', shape: [inputs.rows], data: numbers((r) => Number(confirmed(r))) }],
    ]),
  );
}
