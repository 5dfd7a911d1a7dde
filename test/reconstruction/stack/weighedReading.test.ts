import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inverse, Matrix } from 'ml-matrix';
import { matrix } from '../../../src/math/matrix';
import { rng } from '../../../src/math/rng';
import { patchesInto } from '../../../src/model/layers/patches';
import { convGradient } from '../../../src/reconstruction/stack/convGradient';
import { windowsOf } from '../../../src/reconstruction/stack/pooling';
import { weighedReading } from '../../../src/reconstruction/stack/weighedReading';
import type { Conv2dLayer, DenseMatrix } from '../../../src/types';

const input = { channels: 3, height: 4, width: 4 };
const uniform = rng(5);
const random = (rows: number, columns: number): DenseMatrix =>
  matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => uniform() - 0.5),
  );
const layer: Conv2dLayer = { kind: 'conv2d', input, kernel: 3, stride: 1, padding: 1, weight: random(2, 27) };
const windows = windowsOf({ kind: 'maxPool', input: { ...input, channels: 2 }, size: 2, stride: 2 }, 1)!;

test('weighedReading is the linear minimum mean square estimate, computed here with the whole covariance', () => {
  const [gradient, x, deltas] = [random(2, 27), random(16, 3), random(4, 2)];
  deltas.data[3] = 0; // window 1 lets nothing through in filter 1
  const choice = matrix(16, 2);
  for (const window of windows.members)
    for (let o = 0; o < 2; o++) {
      const weights = Array.from(window, () => uniform());
      const total = weights.reduce((sum, v) => sum + v, 0);
      window.forEach((q, i) => {
        choice.data[q * 2 + o] = weights[i]! / total;
      });
    }
  const pooled = { conv: convGradient(layer, gradient, 1), windows, values: deltas, deltas, noise: 0, positive: false };
  const shares = weighedReading(pooled, x, choice);
  const planes = Float64Array.from({ length: 48 }, (_, k) => x.data[(k % 16) * 3 + Math.floor(k / 16)]!);
  const patches = new Float64Array(16 * 27);
  patchesInto(layer, planes, patches);
  const P = new Matrix(Array.from({ length: 16 }, (_, q) => [...patches.slice(q * 27, (q + 1) * 27)]));
  for (let o = 0; o < 2; o++) {
    const mean = Matrix.zeros(16, 1);
    const covariance = Matrix.zeros(16, 16);
    windows.members.forEach((window, w) => {
      const s = deltas.data[w * 2 + o]!;
      const c = Array.from(window, (q) => choice.data[q * 2 + o]!);
      const open = c.map((v) => 0.7 * v + 0.3 / 4);
      window.forEach((q, i) => {
        mean.set(q, 0, s * c[i]!);
        window.forEach((p, j) => {
          covariance.set(q, p, s * s * ((i === j ? open[i]! : 0) - open[i]! * open[j]!));
        });
      });
    });
    const G = Matrix.columnVector([...gradient.data.slice(o * 27, (o + 1) * 27)]);
    const left = Matrix.sub(G, P.transpose().mmul(mean));
    const variance = (0.3 * left.dot(left)) / 27;
    const spread = P.transpose().mmul(covariance).mmul(P).add(Matrix.eye(27).mul(variance));
    const expected = Matrix.add(mean, covariance.mmul(P).mmul(inverse(spread)).mmul(left));
    windows.members.forEach((window, w) => {
      const s = deltas.data[w * 2 + o]!;
      for (const q of window) {
        const found = shares.data[q * 2 + o]!;
        if (s === 0) assert.equal(found, choice.data[q * 2 + o]);
        else assert.ok(Math.abs(found - expected.get(q, 0) / s) < 1e-9, `${found} is not ${expected.get(q, 0) / s}`);
      }
    });
  }
});
