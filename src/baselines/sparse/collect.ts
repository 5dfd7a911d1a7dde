import type { Mlp } from '../../types';
import type { Budget } from '../budget';
import type { Ended, LossPoint } from '../estimate';
import type { InHand } from '../handOver';
import type { ColumnPool } from './columnPool';
import { type Disaggregated, labelsOf } from './disaggregate';
import type { LayerFactor } from './layerFactor';

/** Where directions come from. */
export interface Source {
  /** a direction that may be a sample's, or null */
  propose(): Float64Array | null;
  /** proposals between two looks at the clock: a few milliseconds */
  readonly piece: number;
  /** proposals in all */
  readonly most: number;
  /** proposals in a row that may add nothing */
  readonly patience: number;
  /** what a proposal is called, in the plural */
  readonly name: string;
}

/** Collects directions until they make a batch in which the deltas' zeros are the neurons that its inputs leave silent. */
export async function collect(
  model: Mlp,
  factor: LayerFactor,
  pool: ColumnPool,
  source: Source,
  budget: Budget,
): Promise<Pick<InHand, 'inputs' | 'labels' | 'history' | 'ended' | 'reason'>> {
  const history: LossPoint[] = [];
  let best: Disaggregated | null = pool.batch();
  let ended: Ended | null = best?.agreement === 1 ? 'converged' : null;
  let tried = 0;
  let idle = 0;
  while (ended === null) {
    let grown = false;
    for (let k = 0; k < source.piece && tried < source.most; k++, tried++) {
      const q = source.propose();
      if (q && pool.add(q)) grown = true;
    }
    idle = grown ? 0 : idle + source.piece;
    const batch = grown ? pool.batch() : null;
    if (batch && batch.agreement > (best?.agreement ?? 0)) {
      best = batch;
      history.push({ iteration: tried, seconds: budget.seconds(), loss: 1 - best.agreement });
    }
    if (best?.agreement === 1) ended = 'converged';
    else if (tried >= source.most) ended = 'iterations';
    else if (idle >= source.patience) ended = 'nothing more to try';
    else ended = await budget.turn(pool.count() / factor.rank, `${pool.count()} of ${factor.rank} directions`);
  }
  const directions = `${pool.count()} directions from ${tried} ${source.name} for ${factor.rank} samples`;
  if (!best) return { history, ended, reason: `${directions}; inputs need one of each sample` };
  const percent = best.agreement === 1 ? '100' : (100 * best.agreement).toFixed(2);
  const reason = `${directions}; zeros and activations agree in ${percent} %`;
  return { inputs: best.inputs, labels: labelsOf(model, factor, best), history, ended, reason };
}
