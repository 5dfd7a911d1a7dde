import assert from 'node:assert/strict';
import test from 'node:test';
import { decodePnm } from '../../src/data/pnm';

test('decodePnm reads greys and colours, comments in the header, and a maximum below 255', () => {
  const grey = decodePnm('p', Buffer.from('P5\n# by hand\n2 1\n255\n\x00\x7f', 'latin1'));
  assert.deepEqual(grey, { width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 127) });
  const colour = decodePnm('p', Buffer.from('P6 1 1 5 \x01\x05\x00', 'latin1'));
  assert.deepEqual([colour.channels, [...colour.data]], [3, [51, 255, 0]]);
});
test('decodePnm refuses other kinds, sizes that are not there and truncated files', () => {
  for (const [text, message] of [
    ['P2 1 1 255 7', /expected it to start with P5 or P6/],
    ['P5 99999 99999 255 x', /says that it has 99999 x 99999 pixels/],
    ['P5 0 1 255 x', /says that it has 0 x 1 pixels/],
    ['P5 1 1 65535 xx', /values up to 65535, expected 1 to 255/],
    ['P5 2 2 255 abc', /has 3 bytes of pixels, expected 4 \(truncated\?\)/],
  ] as const)
    assert.throws(() => decodePnm('p', Buffer.from(text)), { name: 'InputError', message });
});
