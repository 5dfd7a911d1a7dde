import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normal, rng } from '../../../src/math/rng';
import { workspace } from '../../../src/math/wasm/instance';

const u = rng(1);
const random = (n: number): number[] => Array.from({ length: n }, () => normal(u));
const whole = (n: number): number[] => Array.from({ length: n }, () => Math.floor(19 * u()) - 9);

/** C = A X of A in blocks of 4 rows, column after column: the definition. */
function product(a: number[], x: number[], blocks: number, depth: number, panel: number): number[] {
  return Array.from({ length: 4 * blocks * panel }, (_, at) => {
    const [i, p] = [Math.floor(at / panel), at % panel];
    const block = Math.floor(i / 4) * 4 * depth;
    let sum = 0;
    for (let k = 0; k < depth; k++) sum += (a[block + 4 * k + (i % 4)] as number) * (x[k * panel + p] as number);
    return sum;
  });
}

for (const [kernel, bytes, panel] of [
  ['panelF32', 4, 8],
  ['panelF64', 8, 4],
] as const)
  for (const [blocks, groups] of [
    [1, 1],
    [3, 5],
    [2, 0],
  ] as const)
    test(`${kernel} multiplies ${4 * blocks} x ${4 * groups} by a panel of ${panel}, exactly for small whole numbers`, () => {
      const space = workspace();
      const depth = 4 * groups;
      const [a, x] = [whole(4 * blocks * depth), whole(depth * panel)];
      const [atX, atC] = [bytes * a.length, bytes * (a.length + x.length)];
      space.reserve(atC + bytes * 4 * blocks * panel);
      const view = (at: number, length: number) => (bytes === 4 ? space.f32(at, length) : space.f64(at, length));
      view(0, a.length).set(a);
      view(atX, x.length).set(x);
      view(atC, 4 * blocks * panel).fill(7); // what was there is overwritten
      space.kernels[kernel](0, atX, atC, blocks, groups);
      assert.deepEqual([...view(atC, 4 * blocks * panel)], product(a, x, blocks, depth, panel));
    });

for (const [kernel, slack] of [
  ['differenceMapStep', 0],
  ['differenceMapBand', 0.4],
] as const)
  test(`${kernel} does one step of the difference map, as written out in single precision`, () => {
    const [rows, lanes, beta] = [5, 8, 0.7];
    const size = rows * lanes;
    const space = workspace();
    space.reserve(4 * (4 * size + rows + 2 * lanes));
    const [v, u0, pv, pu] = [0, 1, 2, 3].map((i) => Float32Array.from(random(size)).map((x) => x * (i + 1)));
    const c = Float32Array.from(random(rows));
    const at = [0, 1, 2, 3, 4].map((i) => 4 * size * i);
    const sums = 4 * (4 * size + rows);
    [v, u0, pv, pu].forEach((values, i) => space.f32(at[i] as number, size).set(values as Float32Array));
    space.f32(at[4] as number, rows).set(c);
    const [atV, atU, atPv, atPu, atC] = at as [number, number, number, number, number];
    space.kernels[kernel](atV, atU, atPv, atPu, atC, sums, rows, beta, slack);

    const gap = new Array<number>(lanes).fill(0);
    const squared = new Array<number>(lanes).fill(0);
    let [mean, cut] = [0, 0];
    for (let k = 0; k < size; k++) {
      const [lane, i] = [k % lanes, Math.floor(k / lanes)];
      const [a, b] = [pv?.[k] as number, (pu?.[k] as number) + (c[i] as number)];
      const [rv, ru] = [2 * a - (v?.[k] as number), 2 * b - (u0?.[k] as number)];
      const band = slack * Math.max(Math.abs(ru), 0.5);
      const over = rv - ru - Math.max(-band, Math.min(band, rv - ru)); // what lies outside the band
      const on = over ** 2 / 2 < rv ** 2;
      on ? mean++ : cut++;
      const [toV, toU] = on ? [rv - over / 2 - a, ru + over / 2 - b] : [-a, ru - b];
      gap[lane] = (gap[lane] as number) + toV ** 2 + toU ** 2;
      squared[lane] = (squared[lane] as number) + a ** 2;
      near(space.f32(atV, size)[k], (v?.[k] as number) + beta * toV);
      near(space.f32(atU, size)[k], (u0?.[k] as number) + beta * toU);
    }
    assert.ok(mean > 5 && cut > 5, `${mean} entries at the mean, ${cut} cut: both cases are needed`);
    const summed = [...space.f32(sums, 2 * lanes)];
    [...gap, ...squared].forEach((s, k) => {
      near(summed[k], s);
    });
  });
test('differenceMapSloped takes the nearer of the lines v = u and v = a u, with a slope for each row', () => {
  const [rows, lanes, beta] = [6, 8, 0.7];
  const size = rows * lanes;
  const space = workspace();
  space.reserve(4 * (4 * size + 3 * rows + 2 * lanes));
  const [v, u0, pv, pu] = [0, 1, 2, 3].map((i) => Float32Array.from(random(size)).map((x) => x * (i + 1)));
  const c = Float32Array.from(random(rows));
  const slopes = Float32Array.of(0, 0.01, 0.1, 0.3, 0.5, 0.9);
  const at = [0, 1, 2, 3, 4].map((i) => 4 * size * i);
  const atSlopes = at[4]! + 4 * rows;
  const sums = atSlopes + 8 * rows;
  [v, u0, pv, pu].forEach((values, i) => space.f32(at[i]!, size).set(values!));
  space.f32(at[4]!, rows).set(c);
  slopes.forEach((a, i) => space.f32(atSlopes + 8 * i, 2).set([a, 1 / (1 + a * a)]));
  space.kernels.differenceMapSloped(at[0]!, at[1]!, at[2]!, at[3]!, at[4]!, sums, rows, beta, atSlopes);
  const chosen = new Set<string>();
  for (let k = 0; k < size; k++) {
    const i = Math.floor(k / lanes);
    const [a, b] = [pv![k]!, pu![k]! + c[i]!];
    const [rv, ru] = [2 * a - v![k]!, 2 * b - u0![k]!];
    const points = [1, slopes[i]!].map((s) => {
      const t = (s * rv + ru) / (1 + s * s);
      return { point: [s * t, t] as const, distance: (s * t - rv) ** 2 + (t - ru) ** 2 };
    });
    const nearest = points[0]!.distance < points[1]!.distance ? 0 : 1;
    chosen.add(`${i} ${nearest}`);
    const [toV, toU] = points[nearest]!.point;
    near(space.f32(at[0]!, size)[k], v![k]! + beta * (toV - a));
    near(space.f32(at[1]!, size)[k], u0![k]! + beta * (toU - b));
  }
  assert.equal(chosen.size, 2 * rows); // each row has met both lines
});
test('reserve makes room for what is asked, and a view taken after it reaches the end', () => {
  const space = workspace();
  space.reserve(300_000);
  const view = space.f64(0, 37_500);
  view[37_499] = 5;
  assert.equal(space.f64(299_992, 1)[0], 5);
});

function near(a: number | undefined, b: number): void {
  assert.ok(Math.abs((a as number) - b) < 2e-6 * (1 + Math.abs(b)), `${a} is not ${b}`);
}
test('differenceMapSigned lets a neuron fire only where z is positive, and moves z alike', () => {
  const [rows, lanes, beta] = [6, 8, 0.7];
  const size = rows * lanes;
  const space = workspace();
  space.reserve(4 * (6 * size + 2 * rows + 2 * lanes));
  const arrays = [0, 1, 2, 3, 4, 5].map(() => Float32Array.from(random(size)).map((x) => 2 * x));
  const constants = [Float32Array.from(random(rows)), Float32Array.from(random(rows))];
  const at = [0, 1, 2, 3, 4, 5].map((i) => 4 * size * i);
  const [atC, atCz, sums] = [0, 1, 2].map((i) => 4 * (6 * size + i * rows));
  arrays.forEach((values, i) => space.f32(at[i]!, size).set(values));
  space.f32(atC!, rows).set(constants[0]!);
  space.f32(atCz!, rows).set(constants[1]!);
  const [v, u, pv, pu, z, pz] = arrays as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  space.kernels.differenceMapSigned(at[0]!, at[1]!, at[2]!, at[3]!, atC!, sums!, rows, beta, 0, at[4]!, at[5]!, atCz!);
  const chosen = new Set<string>();
  for (let k = 0; k < size; k++) {
    const i = Math.floor(k / lanes);
    const [a, b, c] = [pv[k]!, pu[k]! + constants[0]![i]!, pz[k]! + constants[1]![i]!];
    const [rv, ru, rz] = [2 * a - v[k]!, 2 * b - u[k]!, 2 * c - z[k]!];
    const [on, off] = [(rv - ru) ** 2 / 2 + Math.min(rz, 0) ** 2, rv ** 2 + Math.max(rz, 0) ** 2];
    chosen.add(`${on < off} ${rz > 0}`);
    const [toV, toU, toZ] = on < off ? [(rv + ru) / 2, (rv + ru) / 2, Math.max(rz, 0)] : [0, ru, Math.min(rz, 0)];
    near(space.f32(at[0]!, size)[k], v[k]! + beta * (toV - a));
    near(space.f32(at[1]!, size)[k], u[k]! + beta * (toU - b));
    near(space.f32(at[4]!, size)[k], z[k]! + beta * (toZ - c));
  }
  assert.equal(chosen.size, 4, `of on and off with both signs of z only ${[...chosen]}`);
});
test('boxStep moves numbers towards where their reflection meets the box', () => {
  const [rows, lanes, beta] = [5, 8, 0.7];
  const size = rows * lanes;
  const space = workspace();
  space.reserve(4 * (2 * size + rows));
  const [x, px] = [0, 1].map(() => Float32Array.from(random(size)).map((value) => 2 * value)) as [
    Float32Array,
    Float32Array,
  ];
  const c = Float32Array.from(random(rows));
  space.f32(0, size).set(x);
  space.f32(4 * size, size).set(px);
  space.f32(8 * size, rows).set(c);
  space.kernels.boxStep(0, 4 * size, 8 * size, rows, beta, -0.25, 0.5);
  const places = new Set<number>();
  for (let k = 0; k < size; k++) {
    const a = px[k]! + c[Math.floor(k / lanes)]!;
    const reflected = 2 * a - x[k]!;
    const clipped = Math.min(0.5, Math.max(-0.25, reflected));
    places.add(Math.sign(reflected - clipped));
    near(space.f32(0, size)[k], x[k]! + beta * (clipped - a));
  }
  assert.equal(places.size, 3); // below, inside and above
});
