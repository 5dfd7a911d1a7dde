import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gradientMatching } from '../../src/baselines/gradientMatching';
import { oneHot } from '../../src/baselines/guess';
import { pictureOf, smoothed } from '../../src/baselines/totalVariation';
import { captureGradient } from '../../src/gradient/captureGradient';
import { flattenGradient } from '../../src/gradient/gradientDifference';
import type { SoftBatch } from '../../src/gradient/gradientMap';
import { dot, matrix } from '../../src/math/matrix';
import { normal, rng } from '../../src/math/rng';
import { convNet } from '../../src/model/convNet';
import { mlp } from '../../src/model/mlp';
import type { DenseMatrix, Network } from '../../src/types';
import { uniformBatch } from '../support/uniformBatch';

const u = rng(2);
const random = (rows: number, columns: number): DenseMatrix =>
  matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => normal(u)),
  );
const flat = mlp({ widths: [24, 9, 3], seed: 1, init: 'he' });
const planes = convNet({
  input: { channels: 2, height: 4, width: 3 },
  plan: [{ filters: 3, kernel: 2 }],
  head: [5],
  classes: 3,
  init: 'pytorch',
});

/** The sum over both directions of neighbours' mean difference, pixel by pixel. */
function variation(x: DenseMatrix, at: (c: number, y: number, x: number) => number): number {
  const [channels, height, width] = [2, 4, 3];
  const [down, right]: number[][] = [[], []];
  for (let m = 0; m < x.rows; m++)
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < height; i++)
        for (let j = 0; j < width; j++) {
          const value = (a: number, b: number): number => x.data[m * x.columns + at(c, a, b)]!;
          if (i + 1 < height) down!.push(Math.abs(value(i + 1, j) - value(i, j)));
          if (j + 1 < width) right!.push(Math.abs(value(i, j + 1) - value(i, j)));
        }
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  return mean(down!) + mean(right!);
}

for (const [name, net, image, at] of [
  ['channels last', flat, { height: 4, width: 3, channels: 2 }, (c, y, x) => (3 * y + x) * 2 + c],
  ['planes', planes, undefined, (c, y, x) => (4 * c + y) * 3 + x],
] as readonly [
  string,
  Network,
  { height: number; width: number; channels: number } | undefined,
  (c: number, y: number, x: number) => number,
][]) {
  const shared = captureGradient(net, uniformBatch(2, 24, 3, 4));
  const guess = { inputs: random(2, 24), targets: random(2, 3) };
  const picture = pictureOf('test', net, image)!;
  for (const distance of ['squared', 'cosine'] as const) {
    const of = smoothed(gradientMatching(net, shared, distance), picture, 0.3);
    test(`the ${distance} distance with ${name} is what its formula says`, () => {
      const own = flattenGradient(captured(net, guess));
      const other = flattenGradient(shared.gradients);
      const expected =
        distance === 'squared'
          ? own.reduce((sum, v, k) => sum + (v - other[k]!) ** 2, 0)
          : 1 - dot(own, other) / Math.sqrt(dot(own, own) * dot(other, other));
      const hard = { ...guess, targets: oneHot(Int32Array.of(0, 2), 3) };
      assert.ok(Math.abs(of(hard).loss - expected - 0.3 * variation(guess.inputs, at)) < 1e-12);
    });
    test(`the ${distance} distance with ${name} has the slope that finite differences give`, () => {
      const step = { inputs: random(2, 24), targets: random(2, 3) };
      const moved = (t: number): SoftBatch => ({
        inputs: { ...guess.inputs, data: guess.inputs.data.map((v, k) => v + t * step.inputs.data[k]!) },
        targets: { ...guess.targets, data: guess.targets.data.map((v, k) => v + t * step.targets.data[k]!) },
      });
      const expected = (of(moved(1e-6)).loss - of(moved(-1e-6)).loss) / 2e-6;
      const { inputs, targets } = of(guess);
      const found = dot(inputs.data, step.inputs.data) + dot(targets.data, step.targets.data);
      assert.ok(Math.abs(found - expected) < 1e-6 * Math.abs(expected), `${found}, finite differences ${expected}`);
    });
  }
}
function captured(net: Network, { inputs }: SoftBatch) {
  return captureGradient(net, { inputs, labels: Int32Array.of(0, 2) }).gradients;
}

test('the cosine distance does not see the length of a gradient; both are zero at the truth', () => {
  const truth = uniformBatch(2, 24, 3, 4);
  const shared = captureGradient(flat, truth);
  const longer = {
    ...shared,
    gradients: shared.gradients.map(({ weight, bias }) => ({
      weight: { ...weight, data: weight.data.map((v) => 7 * v) },
      bias: bias!.map((v) => 7 * v),
    })),
  };
  const guess = { inputs: truth.inputs, targets: oneHot(truth.labels, 3) };
  assert.ok(gradientMatching(flat, shared, 'squared')(guess).loss < 1e-28);
  assert.ok(Math.abs(gradientMatching(flat, longer, 'cosine')(guess).loss) < 1e-15);
  assert.ok(gradientMatching(flat, longer, 'squared')(guess).loss > 0.01);
});
test('pictures must have the shape that the network takes', () => {
  assert.throws(
    () => pictureOf('test', flat, { height: 5, width: 5, channels: 1 }),
    /image is 1 x 5 x 5, expected 24 values/,
  );
  assert.throws(
    () => pictureOf('test', planes, { height: 3, width: 4, channels: 2 }),
    /expected 2 x 4 x 3 as in the network/,
  );
  assert.equal(pictureOf('test', flat), null);
});
