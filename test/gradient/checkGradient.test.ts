import assert from 'node:assert/strict';
import test from 'node:test';
import { gaussian } from '../../src/data/synthetic';
import { captureGradient } from '../../src/gradient/captureGradient';
import { checkGradient } from '../../src/gradient/checkGradient';
import { matrix, transpose } from '../../src/math/matrix';
import { mlp } from '../../src/model/mlp';
import type { AffineLayer } from '../../src/types';
import { replaced } from '../support/closeness';

const model = mlp({ widths: [4, 5, 3], seed: 1 });
const good = captureGradient(model, gaussian({ size: 3, dimension: 4, classes: 3 }));
const [first, second] = good.gradients as [AffineLayer & { bias: Float64Array }, AffineLayer & { bias: Float64Array }];
const rejects = (gradients: AffineLayer[], message: RegExp): void =>
  assert.throws(() => checkGradient(model, { ...good, gradients }), { name: 'InputError', message });

test('checkGradient accepts a captured gradient, with and without biases', () => {
  checkGradient(model, good);
  const bare = mlp({ widths: [4, 5, 3], biases: false });
  checkGradient(bare, captureGradient(bare, gaussian({ size: 3, dimension: 4, classes: 3 })));
});
test('checkGradient names the layer that does not fit', () => {
  rejects([first], /1 layers, expected 2/);
  rejects([{ ...first, weight: matrix(5, 3) }, second], /weight gradient of layer 0 is 5 x 3, expected 5 x 4$/);
  rejects(
    [first, { ...second, weight: transpose(second.weight) }],
    /layer 1 is 5 x 3, expected 3 x 5; it looks transposed/,
  );
  rejects([first, { weight: second.weight }], /bias gradient of layer 1 is missing/);
  rejects([first, { ...second, bias: new Float64Array(2) }], /bias gradient of layer 1 has 2 entries, expected 3/);
  const bare = mlp({ widths: [4, 5, 3], biases: false });
  assert.throws(() => checkGradient(bare, good), /layer 0 is there but the model has no biases/);
});
test('checkGradient says where NaN and infinity are', () => {
  const weight = { ...first.weight, data: replaced(first.weight.data, 6, Number.NaN) };
  rejects([{ ...first, weight }, second], /layer 0 holds NaN at row 1, column 2/);
  rejects(
    [first, { ...second, bias: replaced(second.bias, 2, Number.POSITIVE_INFINITY) }],
    /layer 1 holds Infinity at 2/,
  );
});
test('checkGradient has nothing to reconstruct from zeros, and names its caller', () => {
  const gradients = good.gradients.map(({ weight, bias }) => ({
    weight: { ...weight, data: weight.data.map(() => 0) },
    bias: new Float64Array(bias?.length ?? 0),
  }));
  assert.throws(
    () => checkGradient(model, { ...good, gradients }, 'reconstruct'),
    /^InputError: reconstruct: .*zero in every entry: nothing to reconstruct/,
  );
});
