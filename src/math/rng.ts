/** A source of uniform numbers in [0, 1). */
export type Rng = () => number;

/**
 * Seeded uniform generator (sfc32, 32-bit resolution, period at least 2^32): equal seeds give equal sequences.
 *
 * @param seed any integer; it is the whole state, so a call that makes its own generator does not depend on earlier calls
 * @example
 * const u = rng(1); u() === rng(1)();  // => true
 */
export function rng(seed: number): Rng {
  let a = 0x9e3779b9 ^ seed;
  let b = 0x243f6a88 ^ Math.floor(seed / 2 ** 32);
  let c = 0xb7e15162;
  let counter = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 16; i++) next(); // sfc32 needs a few rounds to spread a small seed over its state
  return next;
}

/** Standard normal deviate by the polar method (Marsaglia). */
export function normal(uniform: Rng): number {
  for (;;) {
    const u = 2 * uniform() - 1;
    const v = 2 * uniform() - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
  }
}

/** `size` distinct indices of [0, count) in random order (Fisher-Yates); size must not exceed count. */
export function sampleIndices(uniform: Rng, count: number, size: number): number[] {
  const indices = Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < size; i++) {
    const j = i + Math.floor(uniform() * (count - i));
    [indices[i], indices[j]] = [indices[j], indices[i]];
  }
  return indices.slice(0, size);
}
