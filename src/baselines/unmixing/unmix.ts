import { matrix, norm, row } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import type { Budget } from '../budget';
import type { Ended, LossPoint } from '../estimate';
import type { UnmixingLoss } from './unmixingLoss';

/** Points of a loss that are kept. */
const kept = 100;

/** Adam on rows that count by their direction alone, as the authors do. */
export async function unmix(
  start: DenseMatrix,
  lossOf: (w: DenseMatrix) => UnmixingLoss,
  { rate, iterations }: { readonly rate: number; readonly iterations: number },
  budget: Budget,
): Promise<{ readonly w: DenseMatrix; readonly history: LossPoint[]; readonly ended: Ended }> {
  const M = start.rows;
  const free = start.data.slice();
  const [mean, square] = [new Float64Array(free.length), new Float64Array(free.length)];
  const history: LossPoint[] = [];
  let w = start;
  for (let n = 1; n <= iterations; n++) {
    const { loss, slope } = lossOf(w);
    if (n % Math.ceil(iterations / kept) === 1 || iterations <= kept)
      history.push({ iteration: n - 1, seconds: budget.seconds(), loss });
    for (let m = 0; m < M; m++) {
      const own = row(w, m);
      const along = own.reduce((total, v, i) => total + v * slope.data[m * M + i], 0);
      const size = norm(free.subarray(m * M, (m + 1) * M));
      for (let i = 0; i < M; i++) {
        const k = m * M + i;
        const g = (slope.data[k] - along * own[i]) / size;
        mean[k] = 0.9 * mean[k] + 0.1 * g;
        square[k] = 0.999 * square[k] + 0.001 * g * g;
        free[k] -= (rate * (mean[k] / (1 - 0.9 ** n))) / (Math.sqrt(square[k] / (1 - 0.999 ** n)) + 1e-8);
      }
    }
    w = unitRows(matrix(M, M, free.slice()));
    const ended = await budget.turn(n / iterations, `unmixing, loss ${loss.toPrecision(4)}`);
    if (ended) return { w, history, ended };
  }
  return { w, history, ended: 'iterations' };
}

function unitRows(w: DenseMatrix): DenseMatrix {
  for (let m = 0; m < w.rows; m++) {
    const own = row(w, m);
    const size = norm(own);
    for (let i = 0; i < own.length; i++) own[i] /= size;
  }
  return w;
}
