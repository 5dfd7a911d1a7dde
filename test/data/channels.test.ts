import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelsFirst, channelsLast } from '../../src/data/channels';
import { captureGradient } from '../../src/gradient/captureGradient';
import { fromRows } from '../../src/math/matrix';
import { convNet } from '../../src/model/convNet';

const image = { height: 2, width: 1, channels: 3 };
const labels = Int32Array.of(0, 1);
const pictures = {
  inputs: fromRows([
    [1, 2, 3, 10, 20, 30],
    [4, 5, 6, 40, 50, 60],
  ]),
  labels,
  image,
};

test('channelsFirst puts plane after plane, and channelsLast puts them back', () => {
  const planes = channelsFirst(pictures);
  assert.deepEqual([...planes.inputs.data], [1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60]);
  assert.ok(!('image' in planes));
  assert.deepEqual(channelsLast(planes, { channels: 3, height: 2, width: 1 }), pictures);
});
test('channelsFirst and channelsLast name a shape that is missing, there already or another', () => {
  const { image: _, ...bare } = pictures;
  assert.throws(() => channelsFirst(bare), /channelsFirst: the batch has no image/);
  assert.throws(() => channelsLast(pictures, image), /channelsLast: the batch has an image already/);
  const wide = { ...image, width: 2 };
  assert.throws(() => channelsFirst({ ...bare, image: wide }), /samples have 6 entries, expected 3 x 2 x 2/);
});
test('captureGradient refuses pictures with channels last where planes enter, and takes grey ones', () => {
  const net = convNet({ input: { channels: 3, height: 2, width: 1 }, plan: [2], classes: 2 });
  assert.throws(() => captureGradient(net, pictures), {
    name: 'InputError',
    message: /samples are pictures with channels last, expected C x H x W; turn them with data\.channelsFirst/,
  });
  assert.equal(captureGradient(net, channelsFirst(pictures)).gradients.length, 2);
  const grey = convNet({ input: { channels: 1, height: 2, width: 3 }, plan: [2], classes: 2 });
  assert.equal(captureGradient(grey, { ...pictures, image: { height: 2, width: 3, channels: 1 } }).gradients.length, 2);
});
