import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../../src/data';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { type ConvNetOptions, convNet } from '../../../src/model/convNet';
import { convNetOf } from '../../../src/model/convNetOf';
import { lenet, vgg13 } from '../../../src/model/victims';
import { reconstruct } from '../../../src/reconstruction/reconstruct';
import { countingLimits } from '../../../src/verification/identifiability/countingLimits';

const ofBlock = (net: Parameters<typeof countingLimits>[0], kind: string): number[] =>
  countingLimits(net).flatMap((limit) => (limit.kind === kind ? [limit.largest] : []));

test('VGG-13 counts as by hand: 9 C_out over the positions of a plane, a quarter of it at twice the side', () => {
  // 9 * 512 / (2 * 2), 9 * 512 / (4 * 4), 9 * 256 / (8 * 8), 9 * 128 / (16 * 16), 9 * 64 / (32 * 32)
  assert.deepEqual(ofBlock(vgg13({ side: 32 }), 'plain'), [1152, 288, 36, 4, 0]);
  assert.deepEqual(ofBlock(vgg13({ side: 64 }), 'plain'), [288, 72, 9, 1, 0]);
  // the same over 1.2
  assert.deepEqual(ofBlock(vgg13({ side: 32 }), 'pooled'), [960, 240, 30, 3, 0]);
  assert.deepEqual(ofBlock(vgg13({ side: 64 }), 'pooled'), [240, 60, 7, 0, 0]);
});
test('strides and kernels count too, channels that enter do not', () => {
  for (const channels of [1, 7]) {
    const input = { channels, height: 6, width: 5 };
    const net = convNet({ input, plan: [{ filters: 8, kernel: 5, stride: 2 }, 12], head: [4] });
    // 9 * 12 for what is left of 6 x 5 at every second place, 3 * 3; of 6 x 5 itself the 6 places in odd rows and the odd columns between
    // are seen by four of the 25 taps alone, rows 1 and 3 and columns 1 and 3 of the kernel
    assert.deepEqual(countingLimits(net), [
      { layer: 2, block: 2, kind: 'plain', equations: 108, unknowns: 9, largest: 12 },
      { layer: 0, block: 1, kind: 'plain', equations: 32, unknowns: 6, largest: 5 },
    ]);
  }
});
test('average pooling, windows that overlap and pooling without a ReLU are refused', () => {
  assert.deepEqual(
    countingLimits(lenet({ pooling: 'averagePool' })).map((l) => [l.block, l.kind, l.largest]),
    [
      [2, 'refused', 0],
      [1, 'refused', 0],
    ],
  );
  const { input, stack, head } = convNet({
    input: { channels: 1, height: 8, width: 8 },
    plan: [64, 'maxPool'],
    head: [9],
  });
  const linear = convNetOf(
    input,
    stack.filter((l) => l.kind !== 'relu'),
    head,
  );
  assert.equal(countingLimits(linear)[0]?.kind, 'refused');
  const [conv, relu, pool] = stack;
  assert.ok(conv && relu && pool?.kind === 'maxPool');
  const overlapping = convNet({ input, plan: [64, 'maxPool'], head: [9] });
  const wide = [conv, relu, { ...pool, size: 3 }] as const;
  const narrow = convNet({ input: { channels: 64, height: 3, width: 3 }, plan: [1], head: [9] });
  assert.equal(countingLimits({ ...overlapping, stack: wide, head: narrow.head })[0]?.kind, 'refused');
});
test('the attack counts the same: it tries every convolution up to its limit, and names it one sample later', () => {
  const options: ConvNetOptions = {
    input: { channels: 1, height: 6, width: 6 },
    plan: [12, 'maxPool', { filters: 7 }],
    head: [64],
    init: 'he',
    seed: 3,
  };
  const net = convNet(options);
  const limits = countingLimits(net);
  // 9 * 7 for 3 * 3; 9 * 12 for 36 with 1.2 times as many
  assert.deepEqual(
    limits.map((l) => l.largest),
    [7, 2],
  );
  for (const { layer, largest, unknowns, equations } of limits)
    for (const size of [largest, largest + 1]) {
      const batch = gaussian({ size, dimension: 36, seed: 5 });
      const found = reconstruct(net, captureGradient(net, batch), { seconds: 2 });
      const counted = `layer ${layer} of the stack (conv2d) has ${equations} equations for the ${unknowns * size} unknowns`;
      assert.equal(found.stack?.stopped?.includes(counted) ?? false, size > largest, `${size}: ${found.reason}`);
    }
});
