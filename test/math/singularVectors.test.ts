import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atMost } from '../../src/math/chiSquared';
import { gemm } from '../../src/math/gemm';
import { norm, row, transpose } from '../../src/math/matrix';
import { rng } from '../../src/math/rng';
import { gaussianRows, leadingVectors, singularVectors } from '../../src/math/singularVectors';

test('leadingVectors finds the singular values of U diag(s) Vᵀ, down to 1e-9 of the largest', () => {
  const orthonormal = (rows: number, columns: number, seed: number) =>
    singularVectors(gaussianRows(rows, columns, rng(seed)), gaussianRows(rows, columns, rng(seed + 1))).v;
  const [u, v] = [orthonormal(4, 30, 1), orthonormal(4, 50, 3)];
  const s = [2, 1, 1e-4, 2e-9];
  const scaled = { ...u, data: u.data.map((x, k) => x * (s[Math.floor(k / 30)] as number)) };
  const a = gemm(scaled, v, { a: true });
  const found = leadingVectors(a, 4);
  found.s.forEach((x, i) => assert.ok(Math.abs(x / (s[i] as number) - 1) < 1e-6, `${x} for ${s[i]}`));
  const cosines = gemm(found.v, v, { b: true });
  for (let i = 0; i < 4; i++) assert.ok(Math.abs(Math.abs(cosines.data[i * 5] as number) - 1) < 1e-6);
  const back = gemm(
    { ...found.u, data: found.u.data.map((x, k) => x * (found.s[Math.floor(k / 30)] as number)) },
    found.v,
    { a: true },
  );
  assert.ok(norm(back.data.map((x, k) => x - (a.data[k] as number))) < 1e-14);
  assert.equal(transpose(a).rows, 50);
});
test('chi-squared exceeds atMost(n) in fewer than 1 of 2000 draws, for few and many degrees of freedom', () => {
  const u = rng(5);
  for (const n of [1, 4, 30, 300]) {
    const draws = gaussianRows(4000, n, u);
    const over = Array.from({ length: 4000 }, (_, i) => norm(row(draws, i)) ** 2).filter((x) => x > atMost(n)).length;
    assert.ok(over <= 2, `${over} of 4000 for n = ${n}`);
  }
});
