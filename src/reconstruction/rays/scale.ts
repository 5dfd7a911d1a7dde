/**
 * Scale of a sample in a network without biases (method 3.2). With x = t x^ the logits are t l^, so of the seen vector
 * c = weight * t * g(t) the entries other than the label's are proportional to exp(t l^): t is the slope of ln c over l^.
 * The size of c then gives weight * t.
 *
 * @param logits l^ at the unit direction, length K >= 3
 * @param seen c, length K, negative at the label only
 * @returns null when the slope is not a positive number: no such sample
 */
export function solveScale(logits: Float64Array, seen: Float64Array, label: number): number | null {
  const others = [...seen.keys()].filter((c) => c !== label && seen[c] > 0);
  if (others.length < 2) return null;
  const x = others.map((c) => logits[c]);
  const y = others.map((c) => Math.log(seen[c]));
  const meanX = x.reduce((s, v) => s + v, 0) / x.length;
  const meanY = y.reduce((s, v) => s + v, 0) / y.length;
  const spread = x.reduce((s, v) => s + (v - meanX) ** 2, 0);
  const t = x.reduce((s, v, i) => s + (v - meanX) * (y[i] - meanY), 0) / spread;
  return t > 0 && Number.isFinite(t) ? t : null;
}

/**
 * The paper's choice instead of a solution: the label's entry of g at 2/3 of its upper bound 1 (appendix B.1).
 *
 * @param weight 1/M, from the number of samples found
 */
export function paperScale(seen: Float64Array, label: number, weight: number): number {
  return Math.abs(seen[label]) / ((2 / 3) * weight);
}

/**
 * All scales t > 0 of a sample when K = 2 and there are no biases: t (1 - p_y(t)) = size, with size = |c_label| / weight.
 * Directions say nothing here (every loss vector is (1, -1) up to sign), so the weight 1/M must be known.
 *
 * @param margin l^_label - l^_other at the unit direction
 * @returns one root, or two or none when the sample is classified correctly (t / (1 + e^(t margin)) has a maximum)
 */
export function twoClassScales(margin: number, size: number): number[] {
  const h = (t: number): number => t / (1 + Math.exp(t * margin)) - size;
  if (margin <= 0) return [bisect(h, 0, doubleUntil(h, size))];
  const peak = 1.278464542761074 / margin; // root of 1 + e^s = s e^s
  if (h(peak) < 0) return [];
  return [
    bisect(h, 0, peak),
    bisect(
      (t) => -h(t),
      peak,
      doubleUntil((t) => -h(t), peak),
    ),
  ];
}

function doubleUntil(h: (t: number) => number, start: number): number {
  let high = Math.max(start, Number.MIN_VALUE) * 2;
  while (h(high) < 0) high *= 2;
  return high;
}

/** Root of an increasing sign change between low (negative) and high (positive), to the last bit. */
function bisect(h: (t: number) => number, low: number, high: number): number {
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (h(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
