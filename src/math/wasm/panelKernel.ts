import { advance, type Code, get, load, repeat, set, simd, store, type, type WasmFunction, zeros } from './assembler';

/** Rows of A that one pass of the kernel takes at a time. */
export const blockRows = 4;
/** The inner dimension is padded with zeros to a multiple of this. */
export const unroll = 4;

/** Opcodes of the two precisions; a panel is two vectors wide: 8 float32 or 4 float64 columns. */
const precisions = {
  f32: { bytes: 4, splat: 0x09, add: 0xe4, mul: 0xe6 },
  f64: { bytes: 8, splat: 0x0a, add: 0xf0, mul: 0xf2 },
};

/**
 * C = A X for one panel X of 32 bytes' width: the loop in which nearly all time goes.
 *
 * Parameters: addresses of A (blocks of 4 rows, each stored column after column), X (k x panel) and C (4 blocks x panel),
 * number of row blocks, and k / 4. Eight vector accumulators fit the 16 registers of x64 with room for the operands. One row
 * of A after the other, each through all four k: taking k after k instead costs a sixth of the time, for the same sums.
 */
export function panelKernel(name: string, precision: 'f32' | 'f64'): WasmFunction {
  const { bytes, splat, add: plus, mul } = precisions[precision];
  const [a, x, c, blocks, groups, xAt, count, s, firstX] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const firstSum = firstX + 2 * unroll;
  const operand = (k: number, half: number): number => firstX + 2 * k + half;
  const sum = (i: number, half: number): number => firstSum + 2 * i + half;
  const rows = [0, 1, 2, 3];
  const halves = [0, 1];
  const product = (i: number, k: number): Code => [
    ...set(s, load(splat, get(a), bytes * (blockRows * k + i))),
    ...(i === 0 ? halves.flatMap((h) => set(operand(k, h), load(0x00, get(xAt), 32 * k + 16 * h))) : []),
    ...halves.flatMap((h) => set(sum(i, h), simd(plus, get(sum(i, h)), simd(mul, get(s), get(operand(k, h)))))),
  ];
  return {
    name,
    parameters: [type.i32, type.i32, type.i32, type.i32, type.i32],
    locals: [type.i32, type.i32, ...new Array(1 + 2 * unroll + 2 * blockRows).fill(type.v128)],
    body: repeat(blocks, [
      ...set(xAt, get(x)),
      ...set(count, get(groups)),
      ...rows.flatMap((i) => halves.flatMap((h) => set(sum(i, h), zeros))),
      ...repeat(count, [
        ...rows.flatMap((i) => Array.from({ length: unroll }, (_, k) => product(i, k)).flat()),
        ...advance(a, bytes * blockRows * unroll),
        ...advance(xAt, 32 * unroll),
      ]),
      ...rows.flatMap((i) => halves.flatMap((h) => store(get(c), 32 * i + 16 * h, get(sum(i, h))))),
      ...advance(c, 32 * blockRows),
    ]),
  };
}
