import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../../src/data';
import { finiteDifference } from '../../../src/gradient/finiteDifference';
import { fromRows } from '../../../src/math/matrix';
import { mlp } from '../../../src/model/mlp';
import { replayGradient } from '../../../src/verification/certificate/replayGradient';
import { close } from '../../support/closeness';
import { oneNeuron } from '../../support/oneNeuron';

test('replayGradient of one neuron by hand: x = ln 3 has p = (3/4, 1/4), a silent sample moves the head biases only', () => {
  // label 0: g = (-1/4, 1/4), delta_0 = -1/4 * 1; the second sample is silent, so p = (1/2, 1/2), g = (-1/2, 1/2)
  const x = Math.log(3);
  const batch = {
    inputs: fromRows([
      [x, 2],
      [-1, 5],
    ]),
    labels: Int32Array.of(0, 0),
  };
  const [hidden, head] = replayGradient(oneNeuron, batch);
  const expected: [Float64Array | undefined, number[]][] = [
    [hidden?.weight, [-x / 4, -2 / 4]],
    [hidden?.bias, [-1 / 4]],
    [head?.weight, [-x / 4, x / 4]],
    [head?.bias, [-3 / 4, 3 / 4]],
  ];
  for (const [own, paper] of expected) {
    assert.equal(own?.length, paper.length);
    paper.forEach((v, k) => {
      close(own?.[k] as number, v, 1e-15);
    });
  }
});
for (const widths of [
  [5, 6, 2],
  [5, 6, 7, 4, 3],
])
  for (const biases of [true, false])
    test(`replayGradient of ${widths.join('-')} ${biases ? 'with' : 'without'} biases agrees with finite differences of the loss`, () => {
      const model = mlp({ widths, seed: 3, biases });
      const batch = gaussian({ size: 4, dimension: 5, classes: widths.at(-1) as number, seed: 2 });
      const { gradients } = finiteDifference(model, batch, { reduction: 'sum' });
      replayGradient(model, batch).forEach(({ weight, bias }, i) => {
        const expected = [...(gradients[i]?.weight.data ?? []), ...(gradients[i]?.bias ?? [])];
        [...weight, ...(biases ? bias : [])].forEach((v, k) => {
          assert.ok(Math.abs(v - (expected[k] as number)) < 1e-8, `layer ${i}, entry ${k}: ${v}, ${expected[k]}`);
        });
      });
    });
