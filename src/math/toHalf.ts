/** Nearest half-precision number: 11 significant bits, steps of 2^-24 below 2^-14, at most 65504. */
export function toHalf(v: number): number {
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(v))));
  if (v === 0) return v;
  const step = 2 ** (exponent - 10);
  const steps = v / step;
  const low = Math.floor(steps);
  const rest = steps - low;
  const even = low % 2 === 0 ? low : low + 1;
  const rounded = step * (rest === 0.5 ? even : Math.round(steps));
  return Math.abs(rounded) > 65504 ? Math.sign(v) * 65504 : rounded;
}
