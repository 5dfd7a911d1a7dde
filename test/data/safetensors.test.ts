import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { InputError } from '../../src/check';
import { readBatch } from '../../src/data/batchFile';
import { parseSafetensors, readSafetensors, type Tensor, writeSafetensors } from '../../src/data/safetensors';
import { readModel } from '../../src/model/modelFile';
import { lacks, runPython } from '../support/python';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();

function file(header: unknown, data = 0): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(data)]);
}
const f32 = (shape: unknown, begin: unknown, end: unknown): object => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

test('what writeSafetensors wrote, readSafetensors reads, in all four formats', () => {
  const tensors = new Map<string, Tensor>([
    ['a', { dtype: 'F64', shape: [2, 1], data: Float64Array.of(0.1, Number.NaN) }],
    ['b', { dtype: 'F32', shape: [3], data: Float64Array.of(0.5, -2, Number.POSITIVE_INFINITY) }],
    ['c', { dtype: 'I64', shape: [], data: Float64Array.of(-(2 ** 40)) }],
    ['d', { dtype: 'I32', shape: [0, 7], data: new Float64Array(0) }],
    ['e', { dtype: 'I32', shape: [1], data: Float64Array.of(-3) }],
  ]);
  writeSafetensors(at('all'), tensors);
  assert.deepEqual(readSafetensors('t', at('all')), tensors);
  assert.equal(Number(readFileSync(at('all')).readBigUInt64LE(0)) % 8, 0);
});
test('a file worked out by hand: F32 [1, 2] is 0000803f 00000040', () => {
  const bytes = Buffer.concat([
    file({ x: f32([2], 0, 8), __metadata__: { by: 'hand' } }),
    Buffer.from('0000803f00000040', 'hex'),
  ]);
  assert.deepEqual(
    parseSafetensors('f', bytes),
    new Map([['x', { dtype: 'F32', shape: [2], data: Float64Array.of(1, 2) }]]),
  );
});
test('halves are widened exactly: F16 0x3555 is 1365/4096, BF16 0x3eab is 171/512', () => {
  const half = (dtype: string, begin: number) => ({ dtype, shape: [1], data_offsets: [begin, begin + 2] });
  const bytes = Buffer.concat([file({ a: half('F16', 0), b: half('BF16', 2) }), Buffer.from('5535ab3e', 'hex')]);
  const tensors = parseSafetensors('f', bytes);
  assert.deepEqual(tensors.get('a'), { dtype: 'F16', shape: [1], data: Float64Array.of(1365 / 4096) });
  assert.deepEqual(tensors.get('b'), { dtype: 'BF16', shape: [1], data: Float64Array.of(171 / 512) });
});
test('halves of PyTorch are read as PyTorch widens them', { skip: lacks('torch', 'safetensors') }, () => {
  runPython(
    [
      'import torch; from safetensors.torch import save_file',
      'x = torch.randn(5000, generator=torch.Generator().manual_seed(1)) * 10.0 ** torch.linspace(-6, 4, 5000)',
      'halves = {"f": x.to(torch.float16), "b": x.to(torch.bfloat16)}',
      'save_file(halves, "halves"); save_file({n: t.double() for n, t in halves.items()}, "wide")',
    ],
    at('.'),
  );
  const [halves, wide] = [readSafetensors('t', at('halves')), readSafetensors('t', at('wide'))];
  for (const name of ['f', 'b']) assert.deepEqual(halves.get(name)?.data, wide.get(name)?.data);
});
test('a tensor of several chunks is read as it was written, from a file too', () => {
  const data = Float64Array.from({ length: 300_000 }, (_, k) => k + 0.5);
  writeSafetensors(at('long'), new Map([['x', { dtype: 'F64', shape: [300_000], data }]]));
  assert.deepEqual(readSafetensors('t', at('long')).get('x')?.data, data);
  assert.deepEqual(parseSafetensors('t', readFileSync(at('long'))).get('x')?.data, data);
});
test('readSafetensors names caller and file', () => {
  writeFileSync(at('short'), 'abc');
  assert.throws(() => readSafetensors('readModel', at('short')), /^InputError: readModel: .*short has 3 bytes/);
});

const hostile: Record<string, [RegExp, Buffer]> = {
  'a file without a header': [/truncated/, Buffer.alloc(7)],
  'a header longer than the file': [/header of 99 bytes in 8/, Buffer.from('6300000000000000', 'hex')],
  'a header of more than 100 MB': [/at most 100 MB/, Buffer.from('ffffffffffffffff', 'hex')],
  'a header that is not JSON': [/not JSON/, file('{"a": ')],
  'a header that is not UTF-8': [/not JSON/, Buffer.concat([file('').fill(1, 0, 1), Buffer.of(0xff)])],
  'a header that is a list': [/not a JSON object/, file('[]')],
  'a header that starts with a blank': [/not a JSON object/, file(' {}')],
  'an empty header': [/not a JSON object/, file('')],
  'a name twice': [
    /key x twice/,
    file(
      '{"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}',
      4,
    ),
  ],
  'a field twice': [
    /key dtype twice/,
    file('{"x": {"dtype": "F32", "dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}', 4),
  ],
  'a tensor that is a number': [/tensor x is described by 5/, file({ x: 5 })],
  'an unknown dtype': [/dtype "F8_E4M3", expected F16, BF16/, file({ x: { ...f32([1], 0, 1), dtype: 'F8_E4M3' } }, 1)],
  'a dtype named like a method': [/dtype "toString"/, file({ x: { ...f32([1], 0, 2), dtype: 'toString' } }, 2)],
  'no dtype': [/dtype nothing/, file({ x: { shape: [1], data_offsets: [0, 4] } }, 4)],
  'a negative shape': [/shape \[-1,-1\], expected counts/, file({ x: f32([-1, -1], 0, 4) }, 4)],
  'a broken shape': [/expected counts/, file({ x: f32([0.5], 0, 2) }, 2)],
  'a huge shape': [/expected counts/, file({ x: f32([1e300], 0, 4) }, 4)],
  'a shape whose product is huge': [/and 4 bytes, expected/, file({ x: f32([2 ** 40, 2 ** 40], 0, 4) }, 4)],
  'a shape that is larger than its data': [/shape \[2\] and 4 bytes, expected 8/, file({ x: f32([2], 0, 4) }, 4)],
  'one offset': [/expected two counts/, file({ x: { dtype: 'F32', shape: [1], data_offsets: [0] } }, 4)],
  'offsets that go backwards': [/expected 4 bytes/, file({ x: f32([1], 4, 0) }, 4)],
  'negative offsets': [/expected two counts/, file({ x: f32([1], -4, 0) }, 4)],
  'overlapping tensors': [/y starts at 2, overlapping/, file({ x: f32([1], 0, 4), y: f32([1], 2, 6) }, 6)],
  'a gap between tensors': [
    /y starts at 8, after a gap, expected 4/,
    file({ x: f32([1], 0, 4), y: f32([1], 8, 12) }, 12),
  ],
  'data that end early': [/has 3 bytes of data, expected 4/, file({ x: f32([1], 0, 4) }, 3)],
  'data that nobody describes': [/has 5 bytes of data, expected 4/, file({ x: f32([1], 0, 4) }, 5)],
  'nesting too deep to print': [/InputError/, file(`{"x": ${'['.repeat(20000)}${']'.repeat(20000)}}`)],
};
for (const [name, [message, bytes]] of Object.entries(hostile))
  test(`parseSafetensors rejects ${name}`, () => {
    assert.throws(
      () => parseSafetensors('f', bytes),
      (error: Error) => {
        assert.ok(error instanceof InputError, String(error));
        assert.ok(error.message.length < 300);
        assert.match(String(error), message);
        return true;
      },
    );
  });
test('parseSafetensors rejects every truncation', () => {
  const whole = file({ x: f32([1], 0, 4), y: f32([2], 4, 12) }, 12);
  for (let length = 0; length < whole.length; length++)
    assert.throws(() => parseSafetensors('f', whole.subarray(0, length)), InputError);
});
test('names and shapes in messages are short and without control characters, whatever the file holds', () => {
  const empty = f32([0], 0, 0);
  const long = `\u001b]0;owned\u0007${'x'.repeat(1e5)}`;
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, k) => [`${k}\u001b${'y'.repeat(99)}`, empty]));
  const files: object[] = [
    { [long]: empty },
    { [long]: { ...empty, dtype: long } },
    { [long]: f32([0], 4, 4) },
    { a: f32(new Array(1e5).fill(1), 0, 8) },
    { inputs: f32(new Array(1e5).fill(0), 0, 0), labels: empty },
    { '0.weight': f32(new Array(1e5).fill(0), 0, 0), '2.weight': empty },
    many,
  ];
  for (const header of files)
    for (const read of [readBatch, readModel]) {
      writeFileSync(at('names'), file(header));
      assert.throws(
        () => read(at('names')),
        ({ name, message }: Error) => name === 'InputError' && message.length < 1500 && !/\p{Cc}/u.test(message),
      );
    }
});
