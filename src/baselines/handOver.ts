import { matrix } from '../math/matrix';
import type { DenseMatrix } from '../types';
import type { Estimate } from './estimate';

/** What a rival has in its hands when it ends. */
export interface InHand
  extends Partial<Pick<Estimate, 'labels' | 'told' | 'history'>>,
    Pick<Estimate, 'attack' | 'reason'> {
  /** @default no rows, of `width` */
  readonly inputs?: DenseMatrix;
  /** @default 'nothing more to try' */
  readonly ended?: Estimate['ended'];
  /** values of a sample */
  readonly width: number;
  /** performance.now() when it began */
  readonly start: number;
}

/** An estimate from what a rival found: what the gradient shows is an answer, also where it is none. */
export function handOver({ start, width, ...found }: InHand): Estimate {
  const { inputs = matrix(0, width), labels = new Int32Array(inputs.rows).fill(-1) } = found;
  return {
    told: [],
    history: [],
    ended: 'nothing more to try',
    ...found,
    status: 'estimate',
    inputs,
    labels,
    seconds: (performance.now() - start) / 1e3,
  };
}
