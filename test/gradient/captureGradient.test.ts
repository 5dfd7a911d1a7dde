import assert from 'node:assert/strict';
import test from 'node:test';
import { gaussian } from '../../src/data/synthetic';
import { captureGradient } from '../../src/gradient/captureGradient';
import { fromRows } from '../../src/math/matrix';
import { mlp, mlpOf } from '../../src/model/mlp';

// Worked on paper: hidden neurons z = [x, -x], head rows [1, 0] and [0, 0], biases 0.
// x = ln 3, label 0: features [ln 3, 0], p = [3/4, 1/4], g = [-1/4, 1/4], delta_0 = [-1/4, 0]
// x = -1,   label 1: features [0, 1],    p = [1/2, 1/2], g = [1/2, -1/2], delta_0 = [0, 0]
const x = Math.log(3);
const model = mlpOf([
  { weight: fromRows([[1], [-1]]), bias: new Float64Array(2) },
  {
    weight: fromRows([
      [1, 0],
      [0, 0],
    ]),
    bias: new Float64Array(2),
  },
]);
const batch = { inputs: fromRows([[x], [-1]]), labels: Int32Array.of(0, 1) };
const expected = [
  { weight: [-x / 4, 0], bias: [-1 / 4, 0] },
  { weight: [-x / 4, 1 / 2, x / 4, -1 / 2], bias: [1 / 4, -1 / 4] },
];

for (const reduction of ['sum', 'mean'] as const)
  test(`captureGradient gives the gradient worked on paper, ${reduction}`, () => {
    const scale = reduction === 'sum' ? 1 : 1 / 2;
    captureGradient(model, batch, { reduction }).gradients.forEach(({ weight, bias }, i) => {
      const own = [...weight.data, ...(bias as Float64Array)];
      const paper = [...(expected[i]?.weight as number[]), ...(expected[i]?.bias as number[])];
      own.forEach((v, k) => {
        assert.ok(Math.abs(v - scale * (paper[k] as number)) < 1e-15, `layer ${i}, entry ${k}: ${v}`);
      });
    });
  });
test('captureGradient takes the slope 0 where a ReLU gets exactly 0', () => {
  const silent = { inputs: fromRows([[0]]), labels: Int32Array.of(0) };
  assert.deepEqual([...(captureGradient(model, silent).gradients[0]?.bias as Float64Array)], [0, 0]);
});
test('captureGradient rounded is the exact gradient with every entry rounded to float32', () => {
  const [exact, rounded] = (['float64', 'rounded'] as const).map((precision) =>
    captureGradient(model, batch, { precision }),
  );
  assert.deepEqual(rounded?.gradients[1]?.weight.data, exact?.gradients[1]?.weight.data.map(Math.fround));
  assert.equal(rounded?.precision, 'float32');
});
test('captureGradient in float32 computes with float32 numbers: near the exact gradient, and not just its rounding', () => {
  const net = mlp({ widths: [30, 20, 4], seed: 1 });
  const many = gaussian({ size: 6, dimension: 30, classes: 4, seed: 2 });
  const [exact, computed] = (['float64', 'float32'] as const).map((precision) =>
    captureGradient(net, many, { precision }),
  );
  const [x, y] = [exact!.gradients[0]!.weight.data, computed!.gradients[0]!.weight.data];
  assert.ok(y.every((v) => Math.fround(v) === v));
  const error = Math.hypot(...y.map((v, k) => v - x[k]!)) / Math.hypot(...x);
  assert.ok(error > 2 ** -24 && error < 1e-5, String(error));
});
test("captureGradient in float32 has a confident sample's loss to multiples of 2^-24 only", () => {
  // logits 15 and 0: p_1 = 3.06e-7 and p_0 - 1 = -5.13 * 2^-24, but 1 + e^-15 is rounded to 1 + 3 * 2^-23 (PyTorch gives -6 too)
  const net = mlpOf([{ weight: fromRows([[1]]) }, { weight: fromRows([[15], [0]]), bias: new Float64Array(2) }]);
  const confident = { inputs: fromRows([[1]]), labels: Int32Array.of(0) };
  const [exact, computed] = (['float64', 'float32'] as const).map(
    (precision) => captureGradient(net, confident, { precision }).gradients[1]!.bias!,
  );
  assert.ok(Math.abs(exact![0]! / -3.059e-7 - 1) < 1e-4);
  assert.equal(computed![0]! * 2 ** 24, -6);
  assert.ok(Math.abs(computed![1]! / 3.059e-7 - 1) < 1e-4);
});
test('captureGradient leaves out biases that the model has not', () => {
  const bare = mlp({ widths: [1, 3, 2], biases: false });
  assert.ok(captureGradient(bare, batch).gradients.every(({ bias }) => bias === undefined));
});
test('captureGradient names what is wrong with a batch', () => {
  const wrong = (inputs: number[][], labels: number[], message: RegExp): void =>
    assert.throws(() => captureGradient(model, { inputs: fromRows(inputs), labels: Int32Array.from(labels) }), {
      name: 'InputError',
      message,
    });
  wrong([], [], /the batch is empty/);
  wrong([[1, 2]], [0], /samples have 2 entries, expected 1/);
  wrong([[1]], [], /0 labels for 1 samples/);
  wrong([[1], [2]], [0, 2], /label 2 of sample 1, expected 0\.\.1/);
  wrong([[1], [Number.NaN]], [0, 1], /inputs hold NaN at sample 1/);
});
