import { norm } from './matrix';

/** A linear map and its transpose, given by products only. */
export interface LinearMap {
  readonly columns: number;
  apply(x: Float64Array): Float64Array;
  applyTransposed(y: Float64Array): Float64Array;
}

/**
 * Least squares min ||A x - b|| from products alone: LSMR (Fong & Saunders 2011), which lets ||Aᵀ r|| fall monotonically, so
 * that stopping early is safe.
 *
 * @param steps at most so many products with A and with its transpose
 * @param tolerance stops when ||Aᵀ r|| has fallen by it. @default 1e-12
 */
export function lsmr(a: LinearMap, b: Float64Array, steps: number, tolerance: number = 1e-12): Float64Array {
  const x = new Float64Array(a.columns);
  const u = b.slice();
  let beta = scaleToUnit(u);
  const v = beta > 0 ? a.applyTransposed(u) : new Float64Array(a.columns);
  let alpha = scaleToUnit(v);
  if (!(alpha * beta > 0)) return x;
  let zetaBar = alpha * beta;
  const first = zetaBar;
  let alphaBar = alpha;
  let [rho, rhoBar, cBar, sBar] = [1, 1, 1, 0];
  const h = v.slice();
  const hBar = new Float64Array(a.columns);
  for (let step = 0; step < steps; step++) {
    combine(u, -alpha, a.apply(v));
    beta = scaleToUnit(u);
    combine(v, -beta, a.applyTransposed(u));
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
    zetaBar = -sBar * zetaBar;
    combine(hBar, -(thetaBar * rho) / (oldRho * oldRhoBar), h);
    const length = zeta / (rho * rhoBar);
    for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) + length * (hBar[i] as number);
    combine(h, -theta / rho, v);
    if (!(Math.abs(zetaBar) > tolerance * first) || !(alpha > 0)) break;
  }
  return x;
}

/** x = factor x + y, in place. */
function combine(x: Float64Array, factor: number, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] = factor * (x[i] as number) + (y[i] as number);
}

function scaleToUnit(x: Float64Array): number {
  const size = norm(x);
  if (size > 0) for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) / size;
  return size;
}
