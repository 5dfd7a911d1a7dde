import { norm } from './matrix';

/** A linear map given by its two products. */
export interface LinearMap {
  readonly times: (x: Float64Array) => Float64Array;
  readonly transposedTimes: (y: Float64Array) => Float64Array;
}

/**
 * Least-norm least-squares solution of A x = b from products alone: LSMR (Fong & Saunders 2011), which lets ||Aᵀ r|| fall
 * monotonically, so that stopping early is safe. Rank-deficient A are welcome.
 *
 * @param steps at most so many products with A and with its transpose
 * @param tolerance stops when ||Aᵀ r|| has fallen by it. @default 1e-14
 * @example
 * lsmr({ times: (x) => x.map((v) => 2 * v), transposedTimes: (y) => y.map((v) => 2 * v) }, Float64Array.of(4));  // => [2]
 */
export function lsmr(
  { times, transposedTimes }: LinearMap,
  b: Float64Array,
  steps: number = 200,
  tolerance: number = 1e-14,
): Float64Array {
  const u = b.slice();
  let beta = scaleToUnit(u);
  const v = transposedTimes(u);
  const x = new Float64Array(v.length);
  let alpha = scaleToUnit(v);
  if (!(alpha * beta > 0)) return x;
  let zetaBar = alpha * beta;
  const first = zetaBar;
  let alphaBar = alpha;
  let [rho, rhoBar, cBar, sBar] = [1, 1, 1, 0];
  const h = v.slice();
  const hBar = new Float64Array(x.length);
  for (let step = 0; step < steps; step++) {
    combine(u, -alpha, times(v));
    beta = scaleToUnit(u);
    combine(v, -beta, transposedTimes(u));
    alpha = scaleToUnit(v);
    const oldRho = rho;
    rho = Math.hypot(alphaBar, beta);
    const [c, s] = [alphaBar / rho, beta / rho];
    const theta = s * alpha;
    alphaBar = c * alpha;
    const oldRhoBar = rhoBar;
    const thetaBar = sBar * rho;
    const rhoTemp = cBar * rho;
    rhoBar = Math.hypot(rhoTemp, theta);
    cBar = rhoTemp / rhoBar;
    sBar = theta / rhoBar;
    const zeta = cBar * zetaBar;
    zetaBar *= -sBar;
    combine(hBar, -(thetaBar * rho) / (oldRho * oldRhoBar), h);
    const length = zeta / (rho * rhoBar);
    for (let i = 0; i < x.length; i++) x[i] += length * hBar[i];
    combine(h, -theta / rho, v);
    if (!(Math.abs(zetaBar) > tolerance * first) || !(alpha > 0)) break;
  }
  return x;
}

/** x = factor x + y, in place. */
function combine(x: Float64Array, factor: number, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] = factor * x[i] + y[i];
}

function scaleToUnit(x: Float64Array): number {
  const size = norm(x);
  if (size > 0) for (let i = 0; i < x.length; i++) x[i] /= size;
  return size;
}
