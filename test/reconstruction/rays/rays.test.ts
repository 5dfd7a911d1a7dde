import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows, norm, row } from '../../../src/math/matrix';
import { type Ray, rays } from '../../../src/reconstruction/rays/rays';

/** Rays of several members, each row with an error of that part of its length. */
const together = (rows: readonly number[][], noise: number): Ray[] => {
  const a = fromRows(rows);
  const variance = Float64Array.from(rows.keys(), (j) => (noise * norm(row(a, j))) ** 2);
  return rays(a, variance).filter(({ members }) => members.length > 1);
};
const groups = (rows: readonly number[][], noise: number): number[][] =>
  together(rows, noise).map(({ members }) => [...members].sort((p, q) => p - q));

test('rays groups (1, 2) with (-2, -4) and leaves (0, 1) alone', () => {
  const rows = [
    [1, 2],
    [0, 1],
    [-2, -4],
  ];
  assert.deepEqual(groups(rows, 1e-15), [[0, 2]]);
});
test('rays tells directions apart that differ by a millionth, unless the noise is that large', () => {
  const rows = [
    [1, 2, 3],
    [1, 2, 3 + 1e-5],
  ];
  assert.deepEqual(groups(rows, 1e-15), []);
  assert.deepEqual(groups(rows, 1e-6), [[0, 1]]);
});
test('rays leaves dead rows out', () => {
  const rows = [
    [1, 2],
    [0, 0],
    [2, 4],
  ];
  assert.deepEqual(groups(rows, 1e-15), [[0, 2]]);
});
test('opposite rows are multiples of one unit direction, with opposite signs', () => {
  const [ray] = together(
    [
      [1, 2],
      [-2, -4],
    ],
    1e-15,
  );
  const signed = ray?.members.map((j, k) => (ray.multiples[k] as number) * (j === 0 ? 1 : -1)) ?? [];
  const lengths = new Map(ray?.members.map((j, k) => [j, Math.abs(signed[k] as number)]));
  assert.equal(Math.sign(signed[0] as number), Math.sign(signed[1] as number));
  assert.ok(Math.abs((lengths.get(0) as number) - Math.sqrt(5)) < 1e-14);
  assert.ok(Math.abs((lengths.get(1) as number) - 2 * Math.sqrt(5)) < 1e-14);
});
