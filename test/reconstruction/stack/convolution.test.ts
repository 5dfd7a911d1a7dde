import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gemm } from '../../../src/math/gemm';
import { matrix } from '../../../src/math/matrix';
import { normal, rng } from '../../../src/math/rng';
import { float64 } from '../../../src/model/arithmetic';
import { conv2d } from '../../../src/model/layers/conv2d';
import { outputShape, sizeOf } from '../../../src/model/layers/planes';
import { tapsOf } from '../../../src/model/layers/taps';
import { byTap } from '../../../src/reconstruction/stack/byTap';
import {
  convolve,
  correlate,
  gramOfDeltas,
  gramOfPatches,
  spread,
} from '../../../src/reconstruction/stack/convolution';
import { toPlanes, toPositions } from '../../../src/reconstruction/stack/positions';
import type { Conv2dLayer, DenseMatrix } from '../../../src/types';

const uniform = rng(5);
const random = (rows: number, columns: number): DenseMatrix =>
  matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => normal(uniform)),
  );
const close = (a: DenseMatrix, b: DenseMatrix): void => {
  assert.deepEqual([a.rows, a.columns], [b.rows, b.columns]);
  a.data.forEach((v, k) => assert.ok(Math.abs(v - b.data[k]!) < 1e-12, `entry ${k}: ${v} and ${b.data[k]}`));
};

for (const [kernel, stride, padding] of [
  [3, 1, 1],
  [3, 2, 0],
  [2, 2, 1],
] as const) {
  const input = { channels: 2, height: 5, width: 4 };
  const layer: Conv2dLayer = { kind: 'conv2d', input, kernel, stride, padding, weight: random(3, 2 * kernel * kernel) };
  const out = outputShape(layer);
  const taps = tapsOf(layer, 2);
  const x = random(2, sizeOf(input));
  const delta = random(2, sizeOf(out));
  const positions = toPositions(x, input);
  const deltas = toPositions(delta, out);
  const kernels = byTap(layer.weight, kernel * kernel);
  const title = `kernel ${kernel}, stride ${stride}, padding ${padding}`;

  test(`convolve, spread and correlate are the layer's forward, backward and weight gradient: ${title}`, () => {
    const z = conv2d.forward(layer, x, float64);
    close(toPlanes(convolve(taps, positions, kernels), out), z);
    close(
      toPlanes(spread(taps, deltas, kernels), input),
      conv2d.backward(layer, delta, { entering: x, leaving: z }, float64),
    );
    const { weight } = conv2d.weightGradient!(layer, delta, x, float64);
    const own = byTap(weight, kernel * kernel);
    correlate(taps, positions, deltas).forEach((g, t) => close(g, own[t]!));
  });

  test(`the Gram matrices are those of the linear maps, formed by hand: ${title}`, () => {
    // column p of the map: what a single one at position p gives in every filter and tap
    const map = matrix(taps.seen.length * 3, taps.entering);
    for (let p = 0; p < taps.entering; p++) {
      const one = matrix(taps.entering, 1);
      one.data[p] = 1;
      correlate(taps, one, deltas).forEach((g, t) =>
        g.data.forEach((v, o) => (map.data[(t * 3 + o) * taps.entering + p] = v)),
      );
    }
    close(gramOfDeltas(taps, deltas), gemm(map, map, { a: true }));
    const patches = matrix(taps.leaving, taps.seen.length * 2);
    taps.seen.forEach((seen, t) =>
      seen.forEach((p, q) => {
        for (let c = 0; c < 2; c++)
          if (p >= 0) patches.data[q * patches.columns + t * 2 + c] = positions.data[p * 2 + c]!;
      }),
    );
    close(gramOfPatches(taps, positions), gemm(patches, patches, { b: true }));
  });
}
