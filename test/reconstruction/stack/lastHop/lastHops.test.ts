import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrix } from '../../../../src/math/matrix';
import { rng } from '../../../../src/math/rng';
import { float64 } from '../../../../src/model/arithmetic';
import { convNet } from '../../../../src/model/convNet';
import { kindOf } from '../../../../src/model/layers';
import { lastHops } from '../../../../src/reconstruction/stack/lastHop/lastHops';
import { lastHopsParallel } from '../../../../src/reconstruction/stack/lastHop/lastHopsParallel';
import { limitOf, noLimit } from '../../../../src/reconstruction/working';

const { stack } = convNet({ input: { channels: 1, height: 6, width: 6 }, plan: [24, 24, 'maxPool'], seed: 2 });
const uniform = rng(3);
const inputs = Array.from({ length: 3 }, () => Float64Array.from({ length: 36 }, () => uniform()));
const samples = inputs.map(
  (x) => stack.reduce((f, layer) => kindOf(layer).forward(layer, f, float64), matrix(1, 36, x)).data,
);

test('lastHopsParallel gives the answer of lastHops, bit by bit, for 1 and 2 workers', async () => {
  const order = { layers: stack, samples, noise: 2 ** -52, limit: noLimit };
  const working = lastHops(order, { seed: 4 });
  let step = working.next();
  while (!step.done) step = working.next(null);
  const here = step.value;
  here.forEach(({ x, solved }, m) => {
    assert.ok(solved);
    x.forEach((v, k) => assert.ok(Math.abs(v - inputs[m]![k]!) < 1e-9));
  });
  for (const workers of [1, 2]) assert.deepEqual(await lastHopsParallel(order, workers, { seed: 4 }), here);
});

test('lastHopsParallel hands over estimates when it is stopped, or time is up', async () => {
  const unsolvable = [new Float64Array(samples[0]!.length).map(() => uniform())];
  for (const limit of [
    limitOf(60, { signal: AbortSignal.timeout(300) }),
    limitOf(0.3, {}),
    limitOf(60, { signal: AbortSignal.abort() }),
  ]) {
    const order = { layers: stack, samples: unsolvable, noise: 2 ** -52, limit };
    const [found] = await lastHopsParallel(order, 1, { starts: 1e6 });
    assert.equal(found!.solved, false);
    assert.equal(found!.x.length, 36);
  }
});
