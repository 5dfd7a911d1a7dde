import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frames, type Header, type Message, parse, Replays, sign } from '../../kernel-ext/kernel/protocol/message';

const buffers = (parts: (Buffer | string)[]): Buffer[] => parts.map((part) => Buffer.from(part as string));
const parent: Header = { msg_id: '1', msg_type: 'execute_request', session: 's' };

test('sign is the HMAC-SHA256 of the parts in hex (RFC 4231, test case 2)', () => {
  assert.equal(
    sign('Jefe', ['what do ya want ', 'for nothing?']),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});
test('parse reads back what frames wrote', () => {
  const sent = buffers(frames('key', 's', parent, ['who'], 'stream', { text: 'ü' }));
  const read = parse('key', sent);
  assert.equal(read?.header.msg_type, 'stream');
  assert.deepEqual(read?.content, { text: 'ü' });
  assert.deepEqual(read?.identities, [Buffer.from('who')]);
});
test('parse drops another key, a changed part, and frames that are no message', () => {
  const sent = buffers(frames('key', 's', parent, [], 'stream', { text: 'a' }));
  assert.equal(parse('other', sent), undefined);
  assert.equal(parse('key', [...sent.slice(0, -1), Buffer.from('{"text":"b"}')]), undefined);
  assert.equal(parse('key', sent.slice(0, 3)), undefined);
  assert.equal(parse('key', []), undefined);
});
test('parse drops content that is no object, signed or not', () => {
  for (const content of ['null', '[]', '1', '"x"']) {
    const parts = [JSON.stringify(parent), '{}', '{}', content];
    assert.equal(parse('key', buffers(['<IDS|MSG>', sign('key', parts), ...parts])), undefined, content);
  }
});
test('a recorded message that is sent again is told, others are not', () => {
  const read = () => parse('key', buffers(frames('key', 's', parent, [], 'stream', { text: 'a' }))) as Message;
  const [first, second] = [read(), read()];
  const replays = new Replays(2);
  assert.deepEqual(
    [first, second, first].map((m) => replays.has(m)),
    [false, false, true],
  );
  replays.has(read());
  assert.equal(replays.has(first), false); // two are remembered
});
test('an empty key means unsigned messages', () => {
  assert.equal(sign('', ['x']), '');
  assert.ok(parse('', buffers(frames('', 's', parent, [], 'status', {}))));
});
