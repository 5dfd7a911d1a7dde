import { checkGradient } from '../../gradient/checkGradient';
import { row } from '../../math/matrix';
import type { AveragedGradient, Network, Watch } from '../../types';
import { eulerNoise } from '../eulerNoise';
import { replayResidual } from '../replayResidual';
import { findColumns } from './findColumns';
import { topFeatures } from './inputs';
import { lossSubspace } from './lossSubspace';
import { topDown } from './topDown';

/** Options of {@link pursue}. */
export interface PursueOptions extends Watch {
  /** @default 0 */
  readonly seed?: number;
  /** time after which the search gives up. @default 60 */
  readonly seconds?: number;
}

/** A sample with its label, as the pursuit found it. */
export interface PursuedSample {
  readonly input: Float64Array;
  readonly label: number;
}

export interface PursuitResult {
  readonly batchSize: number;
  readonly samples: readonly PursuedSample[];
  readonly complete: boolean;
  readonly rank: number;
  readonly condition: number;
  readonly noise: number;
  readonly residual: number;
  readonly starts: number;
  readonly hits: number;
  readonly reason: string;
  readonly seconds: number;
  readonly backend: string;
}

export function pursue(model: Network, gradient: AveragedGradient, options: PursueOptions = {}): PursuitResult {
  const start = performance.now();
  checkGradient(model, gradient);
  const noise = Math.max(...eulerNoise(model, gradient));
  const space = lossSubspace(model, gradient, noise);
  const { columns, starts, hits } = findColumns(space, options);
  let samples: PursuedSample[] = [];
  let residual = 1;
  if (columns.length === space.rank) {
    const top = topFeatures(space, columns);
    const down = top && topDown(model, gradient, top);
    if (top && down) {
      samples = columns.map((_, m) => ({ input: row(down.inputs, m), label: top.labels[m] as number }));
      residual = replayResidual(model, gradient, { inputs: down.inputs, labels: top.labels }, gradient.reduction);
    }
  }
  return {
    batchSize: space.rank,
    samples,
    complete: columns.length === space.rank,
    rank: space.rank,
    condition: space.condition,
    noise: space.noise,
    residual,
    starts,
    hits,
    reason: '',
    seconds: (performance.now() - start) / 1e3,
    backend: 'WebAssembly SIMD float32 search, float64 polish',
  };
}
