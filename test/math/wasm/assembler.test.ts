import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, assemble, constant, get, repeat, set, signed, type, unsigned } from '../../../src/math/wasm/assembler';

test('unsigned and signed are LEB128: 624485 and -123456 as the DWARF standard and its readers print them', () => {
  assert.deepEqual(unsigned(624485), [0xe5, 0x8e, 0x26]);
  assert.deepEqual(signed(-123456), [0xc0, 0xbb, 0x78]);
  assert.deepEqual([0, 127, 128].map(unsigned), [[0], [0x7f], [0x80, 1]]);
  // bit 6 is the sign: 64 needs a second byte, -64 does not
  assert.deepEqual([63, 64, -64, -65].map(signed), [[0x3f], [0xc0, 0], [0x40], [0xbf, 0x7f]]);
});
test('repeat runs its body n times, not at all for 0 and less, and counts the local down', () => {
  // exports are functions without results: the sum is written to memory by i32.store (0x36)
  const body = [
    ...repeat(0, set(1, add(get(1), constant(3)))),
    ...[...constant(0), ...get(1), 0x36, 0, 0],
    ...[...constant(4), ...get(0), 0x36, 0, 0],
  ];
  const bytes = assemble([{ name: 'sum', parameters: [type.i32], locals: [type.i32], body }]);
  const { Module, Memory, Instance } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
  const memory = new Memory({ initial: 1 });
  const { sum } = new Instance(new Module(bytes), { env: { memory } }).exports;
  const after = (n: number): number[] => {
    sum?.(n);
    return [...new Int32Array(memory.buffer, 0, 2)];
  };
  assert.deepEqual([5, 1, 0, -2].map(after), [
    [15, 0],
    [3, 0],
    [0, 0],
    [0, -2],
  ]);
});

// TypeScript declares WebAssembly only together with the browser's DOM
interface Wasm {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<string, (n: number) => void>> };
}
