import { advance, type Code, get, load, repeat, set, simd, store, type, type WasmFunction } from './assembler';

/**
 * One step of the difference map for a panel of 8 starts side by side, float32 (method 4).
 *
 * Parameters: addresses of v, u, P_A v, the linear part of P_A u, its constant part (one number a row), of two sums of 8
 * numbers (squared gap and squared size of v), the number of rows, beta, and slack. Updates v and u in place:
 * rv = 2 P_A v - v, ru = 2 P_A u - u; on = (rv - ru)^2 / 2 < rv^2; P_B = (mean, mean) where on, (0, ru) elsewhere.
 *
 * @param banded v need only lie within slack max(|ru|, 1/2) of u (method 12): the gap is what lies outside, and each moves by half of it
 */
export function differenceMapKernel(name: string, banded: boolean): WasmFunction {
  const [v, u, pv, pu, c, sums, rows, beta, slack] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
  const [vbeta, half, a, b, rv, ru, on, mean, t] = [9, 10, 11, 12, 13, 14, 15, 16, 17] as const;
  const [gap0, gap1, size0, size1, vslack, band, other] = [18, 19, 20, 21, 22, 23, 24] as const;
  const plus = (x: Code, y: Code): Code => simd(0xe4, x, y);
  const minus = (x: Code, y: Code): Code => simd(0xe5, x, y);
  const times = (x: Code, y: Code): Code => simd(0xe6, x, y);
  const square = (l: number): Code => times(get(l), get(l));
  const gap = [gap0, gap1] as const;
  const size = [size0, size1] as const;
  const inside = (x: Code, w: number): Code => simd(0xe9, simd(0xe8, x, get(w)), simd(0xe1, get(w)));
  const outside: Code = [
    ...set(band, times(get(vslack), simd(0xe9, simd(0xe0, get(ru)), get(half)))),
    ...set(t, minus(get(t), inside(get(t), band))),
  ];
  const means: Code = banded
    ? [...set(t, times(get(t), get(half))), ...set(mean, minus(get(rv), get(t))), ...set(other, plus(get(ru), get(t)))]
    : set(mean, times(plus(get(rv), get(ru)), get(half)));
  const lane = (h: 0 | 1): Code => {
    const at = 16 * h;
    const move = (x: number, projected: number, target: Code): Code => [
      ...set(t, minus(target, get(projected))),
      ...set(gap[h], plus(get(gap[h]), square(t))),
      ...store(get(x), at, plus(load(0, get(x), at), times(get(vbeta), get(t)))),
    ];
    return [
      ...set(a, load(0, get(pv), at)),
      ...set(b, plus(load(0, get(pu), at), load(0x09, get(c), 0))),
      ...set(rv, minus(plus(get(a), get(a)), load(0, get(v), at))),
      ...set(ru, minus(plus(get(b), get(b)), load(0, get(u), at))),
      ...set(t, minus(get(rv), get(ru))),
      ...(banded ? outside : []),
      ...set(on, simd(0x43, times(square(t), get(half)), square(rv))),
      ...means,
      ...set(size[h], plus(get(size[h]), square(a))),
      ...move(v, a, simd(0x4e, get(mean), get(on))),
      ...move(u, b, simd(0x52, get(banded ? other : mean), get(ru), get(on))),
    ];
  };
  return {
    name,
    parameters: [...new Array(7).fill(type.i32), type.f32, type.f32],
    locals: new Array(16).fill(type.v128),
    body: [
      ...set(vslack, simd(0x13, get(slack))),
      ...set(vbeta, simd(0x13, get(beta))),
      ...set(half, simd(0x13, [0x43, 0, 0, 0, 0x3f])), // f32.const 0.5
      ...repeat(rows, [...lane(0), ...lane(1), ...[v, u, pv, pu].flatMap((p) => advance(p, 32)), ...advance(c, 4)]),
      ...[gap0, gap1, size0, size1].flatMap((l, i) => store(get(sums), 16 * i, get(l))),
    ],
  };
}
