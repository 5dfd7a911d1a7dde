import { basename } from 'node:path';
import { check, isCount } from '../check';
import { matrix } from '../math/matrix';
import { numberIn } from './csvColumns';
import { eachRecord } from './csvRows';
import { type Dataset, dataset } from './dataset';
import { largest } from './largest';
import { type ReadOptions, samplesRead } from './limits';

/**
 * Features in one text file, a record for each sample, and labels in another, a line each, as Texas100 comes; or the archive of both,
 * `dataset_texas.tgz`. Labels that count from 1 are counted from 0.
 *
 * @param labels the file of labels. @default `labels` beside or behind `feats`
 * @throws InputError when a file is missing or damaged, a cell is no number, or there are not as many labels as samples
 * @example
 * (await data.fromFeatures('data/texas100/dataset_texas.tgz', undefined, { classes: 100 })).inputs.rows;  // => 1
 */
export async function fromFeatures(
  features: string,
  labels: string = features.replace(/feats$/, 'labels'),
  options: ReadOptions = {},
): Promise<Dataset> {
  const { name = basename(features).replace(/\..*$/, ''), most = Number.POSITIVE_INFINITY } = options;
  const own: number[] = [];
  await eachRecord('fromFeatures', labels, { member: /(^|\/)labels$/ }, ([cell = '', ...more], k) => {
    const label = numberIn(cell);
    check(
      isCount(label, 0) && more.length === 0,
      () => `fromFeatures: ${labels}: line ${k} is ${JSON.stringify(cell)}, expected one label, an integer >= 0`,
    );
    return own.push(label) < most;
  });
  const width = await entriesOf(features);
  const count = samplesRead(`fromFeatures: ${features}`, own.length, width, options.most);
  const inputs = matrix(count, width);
  let m = 0;
  await eachRecord('fromFeatures', features, { member: /(^|\/)feats$/ }, (cells) => {
    check(m < count, () => `fromFeatures: ${features} has more samples than ${labels} labels, ${count}`);
    check(
      cells.length === width,
      () => `fromFeatures: ${features}: record ${m} has ${cells.length} cells, expected ${width} as the first`,
    );
    cells.forEach((cell, k) => {
      const v = numberIn(cell);
      check(
        Number.isFinite(v),
        () => `fromFeatures: ${features}: record ${m} has ${JSON.stringify(cell)}, expected numbers`,
      );
      inputs.data[m * width + k] = v;
    });
    return ++m < most;
  });
  check(
    m === count,
    () => `fromFeatures: ${features} has ${m} samples and ${labels} ${count} labels, expected as many`,
  );
  const { classes = Math.max(2, largest(own) + (own.includes(0) ? 1 : 0)) } = options;
  const first = own.includes(0) ? 0 : 1;
  return dataset({ name, classes, inputs, labels: Int32Array.from(own, (label) => label - first) });
}

async function entriesOf(features: string): Promise<number> {
  let width = 0;
  await eachRecord('fromFeatures', features, { member: /(^|\/)feats$/ }, (cells) => {
    width = cells.length;
    return false;
  });
  check(width >= 1, () => `fromFeatures: ${features} has no samples`);
  return width;
}
