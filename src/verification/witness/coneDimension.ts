/**
 * Statistical dimension of the cone of F-vectors inside k half spaces in general position: what the cone counts for
 * where a subspace would count with its dimension. By the kinematic formula, sum_t max(0, t - k + F) C(k, t) / 2^k
 * (Amelunxen, Lotz, McCoy & Tropp 2014, theorem 5.1 and proposition 5.11, for an orthant cut by a random subspace).
 *
 * @example
 * coneDimension(0, 32);   // => 32, nothing is cut away
 * coneDimension(1, 1);    // => 0.5, half a line
 */
export function coneDimension(k: number, F: number): number {
  let sum = 0;
  let binomial = -k * Math.LN2; // ln C(k, t) / 2^k
  for (let t = 0; t <= k; t++) {
    if (t > k - F) sum += (t - k + F) * Math.exp(binomial);
    binomial += Math.log(k - t) - Math.log(t + 1);
  }
  return sum;
}
