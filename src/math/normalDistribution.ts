/**
 * P(X <= x) of a standard normal X, to a relative error of about 1e-14 in both tails.
 *
 * @example
 * normalCdf(0);  // => 0.5
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 0) return 1 - normalCdf(-x);
  return x > -3 ? 0.5 - density(x) * series(-x) : density(x) * fraction(-x);
}

/** The x at which `normalCdf` is p, by bisection; infinite at 0 and 1. */
export function normalQuantile(p: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  let [low, high] = [-40, 40];
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function density(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** (Phi(x) - 1/2) / density(x) = x + x³/3 + x⁵/15 + … */
function series(x: number): number {
  let term = x;
  let total = x;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(total); k += 2) {
    term *= (x * x) / k;
    total += term;
  }
  return total;
}

/** Mills' ratio (1 - Phi(x)) / density(x) for x >= 3: 1 / (x + 1 / (x + 2 / (x + 3 / …))). */
function fraction(x: number): number {
  let value = x;
  for (let k = 120; k >= 1; k--) value = x + k / value;
  return 1 / value;
}
