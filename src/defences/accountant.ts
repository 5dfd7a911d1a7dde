import { check, isCount } from '../check';

/** Options of {@link epsilon}. */
export interface AccountantOptions {
  /** probability q that a sample takes part in a step: M / N */
  readonly sampling: number;
  /** standard deviation of the noise on the summed gradient, in units of the clipping norm */
  readonly noise: number;
  readonly steps: number;
  /** @default 1e-5 */
  readonly delta?: number;
  /** Rényi orders to minimise over, integers >= 2. @default 2..256 */
  readonly orders?: readonly number[];
  /**
   * `classic`: rdp + ln(1/delta)/(a-1) (Mironov 2017, proposition 3), as in most published numbers;
   * `improved`: rdp + ln((a-1)/a) - (ln delta + ln a)/(a-1) (Balle et al. 2020, theorem 21). @default 'improved'
   */
  readonly conversion?: 'classic' | 'improved';
}

/**
 * Privacy cost of DP-SGD by the Rényi accountant of the Poisson-subsampled Gaussian mechanism, integer orders
 * (Mironov, Talwar & Zhang 2019, arXiv 1908.10530, section 3.3).
 *
 * @returns epsilon at `delta` and the order it was found at; infinity without noise, 0 when nothing was shared
 * @throws InputError when an option is out of range
 * @example
 * // Abadi et al. 2016
 * defences.epsilon({ sampling: 0.01, noise: 4, steps: 10000, conversion: 'classic' }).epsilon;  // => 1.26
 */
export function epsilon(options: AccountantOptions): { epsilon: number; order: number } {
  const { sampling, noise, steps, delta = 1e-5, conversion = 'improved' } = options;
  const orders = options.orders ?? Array.from({ length: 255 }, (_, i) => i + 2);
  check(0 <= sampling && sampling <= 1, () => `epsilon: sampling is ${sampling}, expected a probability`);
  check(noise >= 0, () => `epsilon: noise is ${noise}, expected a number >= 0`);
  check(isCount(steps, 0), () => `epsilon: steps is ${steps}, expected a count`);
  check(0 < delta && delta < 1, () => `epsilon: delta is ${delta}, expected a number in (0, 1)`);
  check(
    orders.length > 0 && orders.every((a) => isCount(a, 2)),
    () => 'epsilon: orders have to be integers of at least 2',
  );
  if (sampling === 0 || steps === 0) return { epsilon: 0, order: orders[0] };
  let best = { epsilon: Number.POSITIVE_INFINITY, order: orders[0] };
  for (const order of orders) {
    const rdp = steps * renyi(sampling, noise, order);
    const cost =
      conversion === 'classic'
        ? rdp - Math.log(delta) / (order - 1)
        : rdp + Math.log1p(-1 / order) - (Math.log(delta) + Math.log(order)) / (order - 1);
    if (cost < best.epsilon) best = { epsilon: Math.max(0, cost), order };
  }
  return best;
}

/** Rényi divergence of one step: ln(sum_k C(a,k) (1-q)^(a-k) q^k exp((k² - k)/(2 sigma²)))/(a-1), in logarithms. */
function renyi(q: number, sigma: number, order: number): number {
  if (sigma === 0) return Number.POSITIVE_INFINITY;
  if (q === 1) return order / (2 * sigma * sigma);
  const terms: number[] = [];
  let binomial = 0; // ln C(order, k)
  for (let k = 0; k <= order; k++) {
    terms.push(binomial + k * Math.log(q) + (order - k) * Math.log1p(-q) + (k * k - k) / (2 * sigma * sigma));
    binomial += Math.log(order - k) - Math.log(k + 1);
  }
  const top = Math.max(...terms);
  return (top + Math.log(terms.reduce((sum, t) => sum + Math.exp(t - top), 0))) / (order - 1);
}
