import { advance, type Code, get, load, repeat, set, simd, store, type, type WasmFunction, zeros } from './assembler';

const plus = (x: Code, y: Code): Code => simd(0xe4, x, y);
const minus = (x: Code, y: Code): Code => simd(0xe5, x, y);
const times = (x: Code, y: Code): Code => simd(0xe6, x, y);
const square = (l: number): Code => times(get(l), get(l));

/**
 * What v may be: 0 or u; 0 or near u (`band`); a u or u, with a number a for each row (`sloped`); 0 where z is negative and u where it is
 * positive (`signed`).
 */
export type Choices = 'zero' | 'band' | 'sloped' | 'signed';

// parameters, then locals
const [v, u, pv, pu, c, sums, rows, beta, slack, z, pz, cz] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] as const;
const [vbeta, half, a, b, rv, ru, on, mean, t] = [12, 13, 14, 15, 16, 17, 18, 19, 20] as const;
const [gap0, gap1, size0, size1, vslack, band, other] = [21, 22, 23, 24, 25, 26, 27] as const;
const [slope, inverse, low] = [vslack, band, other] as const; // no kernel needs both
const [zAt, rz] = [vslack, band] as const;

/**
 * One step of the difference map for a panel of 8 starts side by side, float32 (method 4).
 *
 * Parameters: addresses of v, u, P_A v, the linear part of P_A u, its constant part (one number a row), of two sums of 8
 * numbers (squared gap and squared size of v), the number of rows, beta, and slack. Updates v and u in place:
 * rv = 2 P_A v - v, ru = 2 P_A u - u; on = (rv - ru)^2 / 2 < rv^2; P_B = (mean, mean) where on, (0, ru) elsewhere.
 *
 * `band`: v need only lie within slack max(|ru|, 1/2) of u (method 12): the gap is what lies outside, and each moves by half of it.
 *
 * `sloped`: in the place of slack stands the address of two numbers for each row, a and k = 1 / (1 + a^2). The point of v = a u
 * nearest to (rv, ru) is (a t, t) with t = k (a rv + ru), at the squared distance k (rv - a ru)^2.
 *
 * `signed`: three more addresses, of z, of the linear part of P_A z and of its constant part. With rz = 2 P_A z - z on costs min(rz, 0)^2
 * more and off max(rz, 0)^2, which differ by rz |rz|; z is moved alike.
 */
export function differenceMapKernel(name: string, choices: Choices): WasmFunction {
  const [banded, sloped, signed] = [choices === 'band', choices === 'sloped', choices === 'signed'];
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
  const upper = times(square(t), get(half));
  const byZ = signed ? plus(square(rv), times(get(rz), simd(0xe0, get(rz)))) : square(rv);
  const lower: Code = [
    ...set(low, minus(get(rv), times(get(slope), get(ru)))),
    ...set(on, simd(0x43, upper, times(get(inverse), square(low)))),
    ...set(low, times(get(inverse), plus(times(get(slope), get(rv)), get(ru)))),
  ];
  const lane = (h: 0 | 1): Code => {
    const at = 16 * h;
    const move = (x: number, projected: number, target: Code): Code => [
      ...set(t, minus(target, get(projected))),
      ...set(gap[h], plus(get(gap[h]), square(t))),
      ...store(get(x), at, plus(load(0, get(x), at), times(get(vbeta), get(t)))),
    ];
    const ofV = sloped ? simd(0x52, get(mean), times(get(slope), get(low)), get(on)) : simd(0x4e, get(mean), get(on));
    const ofU = simd(0x52, get(banded ? other : mean), get(sloped ? low : ru), get(on));
    return [
      ...set(a, load(0, get(pv), at)),
      ...set(b, plus(load(0, get(pu), at), load(0x09, get(c), 0))),
      ...set(rv, minus(plus(get(a), get(a)), load(0, get(v), at))),
      ...set(ru, minus(plus(get(b), get(b)), load(0, get(u), at))),
      ...(signed ? reflectedZ(at) : []),
      ...set(t, minus(get(rv), get(ru))),
      ...(banded ? outside : []),
      ...(sloped ? lower : set(on, simd(0x43, upper, byZ))),
      ...means,
      ...set(size[h], plus(get(size[h]), square(a))),
      ...move(v, a, ofV),
      ...move(u, b, ofU),
      ...(signed ? movedZ(at) : []),
    ];
  };
  const slopes: Code = [...set(slope, load(0x09, get(slack), 0)), ...set(inverse, load(0x09, get(slack), 4))];
  const wide: number[] = [v, u, pv, pu, ...(signed ? [z, pz] : [])];
  const ahead: Code = [...wide, c, ...(signed ? [cz] : [])].flatMap((p) => advance(p, wide.includes(p) ? 32 : 4));
  return {
    name,
    parameters: [...new Array(7).fill(type.i32), type.f32, sloped ? type.i32 : type.f32, type.i32, type.i32, type.i32],
    locals: new Array(16).fill(type.v128),
    body: [
      ...(sloped ? [] : set(vslack, simd(0x13, get(slack)))),
      ...set(vbeta, simd(0x13, get(beta))),
      ...set(half, simd(0x13, [0x43, 0, 0, 0, 0x3f])), // f32.const 0.5
      ...repeat(rows, [...(sloped ? [...slopes, ...advance(slack, 8)] : []), ...[...lane(0), ...lane(1), ...ahead]]),
      ...[gap0, gap1, size0, size1].flatMap((l, i) => store(get(sums), 16 * i, get(l))),
    ],
  };
}

/** P_A z and rz = 2 P_A z - z. */
function reflectedZ(at: number): Code {
  return [
    ...set(zAt, plus(load(0, get(pz), at), load(0x09, get(cz), 0))),
    ...set(rz, minus(plus(get(zAt), get(zAt)), load(0, get(z), at))),
  ];
}

/** P_B z has the sign that the neuron's state asks for. */
function movedZ(at: number): Code {
  const target = simd(0x52, simd(0xe9, get(rz), zeros), simd(0xe8, get(rz), zeros), get(on));
  return store(get(z), at, plus(load(0, get(z), at), times(get(vbeta), minus(target, get(zAt)))));
}

/**
 * The same for numbers that must lie in a box: x moves by beta (clip(2 P_A x - x) - P_A x).
 *
 * Parameters: addresses of x, of the linear part of P_A x and of its constant part, the number of rows, beta, the box.
 */
export function boxKernel(name: string): WasmFunction {
  const [x, px, cx, count, factor, low, high] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [at, reflected, vfactor, vlow, vhigh] = [7, 8, 9, 10, 11] as const;
  const lane = (offset: number): Code => [
    ...set(at, plus(load(0, get(px), offset), load(0x09, get(cx), 0))),
    ...set(reflected, minus(plus(get(at), get(at)), load(0, get(x), offset))),
    ...set(reflected, simd(0xe8, simd(0xe9, get(reflected), get(vlow)), get(vhigh))),
    ...store(get(x), offset, plus(load(0, get(x), offset), times(get(vfactor), minus(get(reflected), get(at))))),
  ];
  return {
    name,
    parameters: [...new Array(4).fill(type.i32), type.f32, type.f32, type.f32],
    locals: new Array(5).fill(type.v128),
    body: [
      ...set(vfactor, simd(0x13, get(factor))),
      ...set(vlow, simd(0x13, get(low))),
      ...set(vhigh, simd(0x13, get(high))),
      ...repeat(count, [...lane(0), ...lane(16), ...advance(x, 32), ...advance(px, 32), ...advance(cx, 4)]),
    ],
  };
}
