/**
 * Chi-squared with n degrees of freedom stays below this in all but one case of some ten thousand.
 *
 * @example
 * atMost(8);  // => 32
 */
export function atMost(n: number): number {
  return n + 4 * Math.sqrt(2 * n) + 8;
}
