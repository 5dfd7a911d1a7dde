import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columns, dot, fromRows, matrix, norm, plus } from '../../../src/math/matrix';
import { rng } from '../../../src/math/rng';
import { backward } from '../../../src/model/backward';
import { forward } from '../../../src/model/forward';
import { mlp, mlpOf } from '../../../src/model/mlp';
import type { Batch, DenseMatrix, Mlp } from '../../../src/types';
import { boundedMotion } from '../../../src/verification/witness/boundedMotion';
import { type ClosedForm, closedForm } from '../../../src/verification/witness/closedForm';
import { growMotion } from '../../../src/verification/witness/growMotion';
import { type InnerMotion, innerMotion } from '../../../src/verification/witness/innerMotion';
import { movableInputs } from '../../../src/verification/witness/movableInputs';
import { largestEntry } from '../../support/random';

const formOf = (model: Mlp, { inputs, labels }: Batch): ClosedForm =>
  closedForm(
    model,
    { inputs, labels },
    backward(model, forward(model, inputs), labels)[0] as DenseMatrix,
  ) as ClosedForm;

/** One neuron that sees the first of four inputs, and two samples that it hears. */
const neuron = mlpOf([
  { weight: fromRows([[1, 0, 0, 0]]), bias: Float64Array.of(0) },
  { weight: fromRows([[1], [0]]), bias: Float64Array.of(0, 0) },
]);
const unit = fromRows([
  [0.5, 0, 0, 0.3],
  [0.5, 0, 1, 0.7],
]);

test('movableInputs by hand: deltas of opposite sign move both samples the same way, of equal sign apart', () => {
  // input 1 is dark in both samples, input 2 dark in one and full in the other, 0 and 3 have room on all sides
  const opposite = movableInputs(unit, formOf(neuron, { inputs: unit, labels: Int32Array.of(0, 1) }));
  assert.deepEqual(
    [opposite.inputs, opposite.still],
    [
      [0, 1, 3],
      [false, false],
    ],
  );
  const equal = movableInputs(unit, formOf(neuron, { inputs: unit, labels: Int32Array.of(0, 0) }));
  assert.deepEqual(equal.inputs, [0, 2, 3]);
});

/** 24 samples of 30 inputs in [0, 1], a third of them dark, in 8 neurons: 16 or more combinations, 22 unseen inputs. */
const model = mlp({ widths: [30, 8, 4], seed: 3 });
const uniform = rng(2);
const draw = (): DenseMatrix =>
  matrix(
    24,
    30,
    Float64Array.from({ length: 720 }, () => (uniform() < 0.3 ? 0 : uniform())),
  );
const inputs = draw();
const form = formOf(model, { inputs, labels: Int32Array.from({ length: 24 }, (_, m) => m % 4) });
const wish = plus(draw(), inputs, -1);
const movable = movableInputs(inputs, form);
const inner = innerMotion(inputs, movable, wish, { margin: 1e-3, rounds: 600 }) as InnerMotion;
const inside = ({ data }: DenseMatrix): boolean =>
  data.every((v, k) => movable.still[Math.floor(k / inner.inputs.length)] || (0 < v && v < 1));

test('innerMotion ends strictly inside the box, by a motion of the closed form', () => {
  assert.ok(inputs.data.filter((v) => v === 0).length > 150);
  assert.ok(inner.inputs.length > 10, `${inner.inputs.length} inputs`);
  assert.ok(inside(plus(inner.unit, inner.motion)));
  assert.ok(largestEntry(plus(inner.form.project(inner.motion), inner.motion, -1)) < 1e-12);
});
test('growMotion goes further towards the wish, stays inside, and stays in the closed form', () => {
  const toWish = columns(wish, inner.inputs);
  const grown = growMotion(inner, movable.still, toWish, Number.POSITIVE_INFINITY);
  assert.ok(inside(plus(inner.unit, grown)));
  assert.ok(largestEntry(plus(inner.form.project(grown), grown, -1)) < 1e-12);
  assert.ok(dot(grown.data, toWish.data) > 1.5 * dot(inner.motion.data, toWish.data));
});
test('boundedMotion keeps to bounds of any width, goes no further than asked, and leaves the deltas and W_0 at peace', () => {
  const [lower, upper] = [-1, 3];
  const scaled = (a: DenseMatrix): DenseMatrix => ({ ...a, data: a.data.map((v) => lower + (upper - lower) * v) });
  const [from, to] = [scaled(inputs), scaled(plus(inputs, wish))];
  const far = boundedMotion(from, form, to, [lower, upper], 1e9);
  const motion = far.motion as DenseMatrix;
  assert.ok(plus(from, motion).data.every((v) => lower <= v && v <= upper));
  assert.ok(largestEntry(plus(form.project(motion), motion, -1)) < 1e-11);
  assert.equal(far.needed, form.combinations.length * 8); // rank(W_0) conditions each
  assert.ok(far.dimension > far.needed, `dimension ${far.dimension} of the cones`);
  const enough = norm(motion.data) / 2;
  const near = boundedMotion(from, form, to, [lower, upper], enough).motion as DenseMatrix;
  assert.ok(Math.abs(norm(near.data) - enough) < 1e-9 * enough, `${norm(near.data)} of ${enough}`);
});
