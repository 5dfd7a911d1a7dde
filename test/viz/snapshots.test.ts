import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { uniform } from '../../src/data';
import { pick } from '../../src/data/draw';
import { rng } from '../../src/math/rng';
import { attackComparison, attackHistory } from '../../src/viz/attackComparison';
import { convolutionalBoundary } from '../../src/viz/convolutionalBoundary';
import { exanCounts } from '../../src/viz/exanCounts';
import { exanHeatmap } from '../../src/viz/exanHeatmap';
import { federatedSettings } from '../../src/viz/federatedSettings';
import type { Figure } from '../../src/viz/figure';
import { imageGrid } from '../../src/viz/imageGrid';
import { overTraining } from '../../src/viz/overTraining';
import { phaseDiagram } from '../../src/viz/phaseDiagram';
import { privacyUtility } from '../../src/viz/privacyUtility';
import { recoveredPictures } from '../../src/viz/recoveredPictures';
import { residualBars } from '../../src/viz/residualBars';
import { robustness } from '../../src/viz/robustness';
import { trainingCurve } from '../../src/viz/trainingCurve';
import { rounded } from './rounded';

/** Some samples as pictures of 3 x 2 pixels, and two of them again in another order. */
function pictures(channels: number) {
  const image = { height: 3, width: 2, channels };
  const set = uniform({ size: 3, dimension: 6 * channels, classes: 4, seed: 1 });
  const batch = { inputs: set.inputs, labels: set.labels, image };
  return { truth: batch, recovered: pick(batch, [2, 0]) };
}

/** Two attacks on batches of two sizes, two seeds each. */
const compared = [2, 8].flatMap((size) =>
  ['exan', 'rival'].flatMap((attack, a) =>
    [0, 1].map((seed) => {
      const psnr = 250 - 200 * a - size * seed;
      return { attack, size, psnr, history: [[0.5 + a, 3] as const, [1 + 9 * a, psnr] as const] };
    }),
  ),
);

/** Every figure, each from a few rows: `name` or `name.variant`. */
const figures: Readonly<Record<string, () => Figure>> = {
  attackComparison: () => attackComparison(compared),
  attackHistory: () => attackHistory(compared),
  convolutionalBoundary: () =>
    convolutionalBoundary(
      ['he', 'pytorch'].flatMap((init, k) =>
        ['block 1', 'pictures', 'head'].map((gate, g) => {
          const counts = { counting: 7 * g + 3, conditioning: 4 - 2 * k, experiment: g === 1 ? null : 2 - k };
          return { channels: [32, 64], side: 16, init, gate, tried: 4, ...counts };
        }),
      ),
    ),
  exanCounts: () => {
    const row = (size: number, mean: number, expectedByNeuron: number) => ({ size, mean, expectedByNeuron });
    return exanCounts({ digits: [row(8, 9.5, 8), row(2, 130, 120)], noise: [row(2, 128, 128), row(32, 0, 1e-7)] });
  },
  exanHeatmap: () =>
    exanHeatmap({
      counts: [
        [4, 1],
        [0, 2],
      ],
    }),
  federatedSettings: () =>
    federatedSettings(
      [1, 5].flatMap((epochs) =>
        [0.1, 0.01].flatMap((rate, k) =>
          [4, null].map((batchSize) => {
            const found = { exposed: 8, recovered: 8 - k * epochs, exact: batchSize === null ? 3 : 0 };
            return { size: 8, epochs, rate, batchSize, ...found };
          }),
        ),
      ),
    ),
  imageGrid: () => imageGrid(pictures(1)),
  'imageGrid.colour': () => imageGrid(pictures(3)),
  overTraining: () => {
    const uniformly = rng(6);
    const mean = (): { mean: number } => ({ mean: uniformly() });
    return overTraining(
      ['float64', 'fp16'].flatMap((precision) =>
        [30, 0, 1000].map((steps) => ({
          ...{ steps, precision, accuracy: steps / 1001 },
          ...{ recovered: mean(), within: mean(), exact: mean() },
        })),
      ),
    );
  },
  phaseDiagram: () => {
    const uniformly = rng(3);
    const grid = [8, 2, 4].flatMap((size) => [64, 32].map((width) => ({ size, width, depth: width === 64 ? 1 : 2 })));
    const trials = [1, 2, 3].flatMap((seed) => ['exan', 'boundary', 'mine'].map((method) => ({ seed, method })));
    return phaseDiagram(
      grid.flatMap((point) => trials.map((trial) => ({ ...point, ...trial, success: uniformly() < 2 / point.size }))),
    );
  },
  privacyUtility: () => {
    const uniformly = rng(4);
    const names = ['none', 'prune', 'dropout', 'sign', 'noise'].flatMap((defence) => [defence, `${defence} more`]);
    return privacyUtility([
      ...names.map((defence, strength) => ({
        defence,
        strength,
        attacks: ['ExAN', 'row ratios'].map((attack) => ({ attack, visible: { mean: uniformly() } })),
        accuracy: { mean: uniformly() },
      })),
      { defence: 'not trained', strength: 1, attacks: [], accuracy: null },
    ]);
  },
  recoveredPictures: () =>
    recoveredPictures({ status: 'approximate', psnr: [128.4, null, 21], ssim: [1, null, 0.7], pictures: pictures(3) }),
  residualBars: () =>
    residualBars({
      residual: 2e-16,
      tolerance: 1e-15,
      worstRow: 1.2,
      verdict: 'holds',
      layers: [
        { layer: 0, residual: 2.345678e-16, tolerance: 1e-15 },
        { layer: 1, residual: 0, tolerance: 2e-15 },
      ],
    }),
  robustness: () => {
    const uniformly = rng(5);
    const mean = (): { mean: number } => ({ mean: uniformly() });
    return robustness(
      ['ExAN', 'row ratios'].flatMap((attack) =>
        [1e-2, 1e-6, 1e-4].map((level) => ({ kind: 'noise', level, attack, visible: mean(), exact: mean() })),
      ),
    );
  },
  trainingCurve: () => {
    const logs = (k: number) => ({ val_loss: 2 / k, val_acc: 1 - 1 / k, loss: 1 / k, acc: 1 - 0.5 / k });
    return trainingCurve([1, 2, 3, 4].map(logs));
  },
};

const folder = join('test', 'viz', 'snapshots');
const update = process.env.UPDATE_SNAPSHOTS === '1';

/** JSON with one line for each innermost list, so that a change shows where it is. */
function written(figure: Figure): string {
  const text = JSON.stringify(rounded(figure), null, 1);
  return `${text.replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_, list: string) => `[${list.replace(/\s*\n\s*/g, ' ')}]`)}\n`;
}

for (const [name, draw] of Object.entries(figures))
  test(`${name} is drawn as in ${join(folder, name)}.json (UPDATE_SNAPSHOTS=1 rewrites it)`, () => {
    const path = join(folder, `${name}.json`);
    if (update) writeFileSync(path, written(draw()));
    assert.ok(existsSync(path), `there is no ${path}: run with UPDATE_SNAPSHOTS=1 and look at what it wrote`);
    assert.deepEqual(rounded(draw()), JSON.parse(readFileSync(path, 'utf8')));
  });

test('every function of src/viz that returns a figure has a snapshot, and every snapshot is of a figure', () => {
  const sources = readdirSync(join('src', 'viz'), { recursive: true, encoding: 'utf8' });
  const drawing = sources
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join('src', 'viz', file), 'utf8');
      return ts
        .createSourceFile(file, text, ts.ScriptTarget.ES2022, true)
        .statements.flatMap((statement) =>
          ts.isFunctionDeclaration(statement) &&
          statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) &&
          statement.type?.getText() === 'Figure'
            ? [statement.name?.text]
            : [],
        );
    });
  const drawn = new Set(Object.keys(figures).map((name) => name.split('.')[0]));
  assert.deepEqual([...drawn].sort(), drawing.sort());
  assert.deepEqual(
    readdirSync(folder).sort(),
    Object.keys(figures)
      .map((name) => `${name}.json`)
      .sort(),
  );
});
