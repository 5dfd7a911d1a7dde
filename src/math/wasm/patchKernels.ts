import {
  add,
  advance,
  type Code,
  get,
  load,
  loadInteger,
  repeat,
  set,
  simd,
  store,
  storeLane,
  type,
  type WasmFunction,
  zeros,
} from './assembler';

/**
 * Outputs of a convolution chosen one by one, in float32. Planes hold the channels of a pixel side by side, so that a patch is one
 * run of numbers for each row of the kernel, and a weight is laid out likewise; runs are padded to whole pairs of vectors, in the
 * weights by zeros. A list has an entry for each four chosen outputs of the same patch, a quad of nine addresses: patch, four
 * weights, four outputs. Frozen networks need a quarter (pooling) of a half (ReLU) of the outputs, which no dense product can use.
 *
 * Parameters: address of the list, number of quads, rows of the kernel, pairs of vectors in a run, bytes from the end of a run to
 * the next one, and what is added to the addresses of patches and of outputs.
 */
export const quadWords = 9;

const four = [0, 1, 2, 3] as const;
const [list, quads, rows, pairs, jump, patchBase, outputBase] = [0, 1, 2, 3, 4, 5, 6] as const;
const [x, row, pair] = [7, 8, 9] as const;
const weight = (i: number): number => 10 + i;
const shared = {
  parameters: new Array(7).fill(type.i32),
  locals: [...new Array(7).fill(type.i32), ...new Array(12).fill(type.v128)],
};
const vector = (k: number): number => 14 + k;
const plus = (a: Code, b: Code): Code => simd(0xe4, a, b);
const times = (a: Code, b: Code): Code => simd(0xe6, a, b);
const output = (i: number): Code => add(loadInteger(get(list), 20 + 4 * i), get(outputBase));

/** Every pair of vectors of every quad: `begin` before a quad's patch, `each` at a pair, `end` behind the patch. */
const overQuads = (begin: Code, each: Code, end: Code): Code =>
  repeat(quads, [
    ...set(x, add(loadInteger(get(list), 0), get(patchBase))),
    ...four.flatMap((i) => set(weight(i), loadInteger(get(list), 4 + 4 * i))),
    ...set(row, get(rows)),
    ...begin,
    ...repeat(row, [
      ...set(pair, get(pairs)),
      ...repeat(pair, [...each, ...advance(x, 32), ...four.flatMap((i) => advance(weight(i), 32))]),
      ...set(x, add(get(x), get(jump))),
    ]),
    ...end,
    ...advance(list, 4 * quadWords),
  ]);

/** Output = weight · patch. */
export const patchDots: WasmFunction = (() => {
  const sum = (i: number, half: number): number => vector(4 * half + i);
  const patch = (half: number): number => vector(8 + half);
  const shuffle = (lanes: readonly number[], a: Code, b: Code): Code => [
    ...[...a, ...b, 0xfd, 0x0d],
    ...lanes.flatMap((lane) => four.map((byte) => 4 * lane + byte)),
  ];
  const zipped = (a: number, b: number): Code =>
    plus(shuffle([0, 4, 1, 5], get(a), get(b)), shuffle([2, 6, 3, 7], get(a), get(b)));
  const [low, high] = [vector(8), vector(9)];
  return {
    name: 'patchDots',
    ...shared,
    body: overQuads(
      [0, 1].flatMap((h) => four.flatMap((i) => set(sum(i, h), zeros))),
      [0, 1].flatMap((h) => [
        ...set(patch(h), load(0, get(x), 16 * h)),
        ...four.flatMap((i) =>
          set(sum(i, h), plus(get(sum(i, h)), times(get(patch(h)), load(0, get(weight(i)), 16 * h)))),
        ),
      ]),
      [
        ...four.flatMap((i) => set(sum(i, 0), plus(get(sum(i, 0)), get(sum(i, 1))))),
        ...set(low, zipped(sum(0, 0), sum(1, 0))),
        ...set(high, zipped(sum(2, 0), sum(3, 0))),
        ...set(low, plus(shuffle([0, 1, 4, 5], get(low), get(high)), shuffle([2, 3, 6, 7], get(low), get(high)))),
        ...four.flatMap((i) => storeLane(output(i), i, get(low))),
      ],
    ),
  };
})();

/** The adjoint: patch += output * weight. */
export const patchSpread: WasmFunction = (() => {
  const delta = vector;
  const part = (i: number, half: number): Code => times(get(delta(i)), load(0, get(weight(i)), 16 * half));
  return {
    name: 'patchSpread',
    ...shared,
    body: overQuads(
      four.flatMap((i) => set(delta(i), load(0x09, output(i), 0))),
      [0, 1].flatMap((h) =>
        store(
          get(x),
          16 * h,
          plus(load(0, get(x), 16 * h), plus(plus(part(0, h), part(1, h)), plus(part(2, h), part(3, h)))),
        ),
      ),
      [],
    ),
  };
})();
