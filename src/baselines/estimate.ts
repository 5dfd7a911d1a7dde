import type { Batch, DenseMatrix, Watch } from '../types';

/** What an attack must be told beside network and gradient; a server may know it, or guess. */
export type Told = 'batch size' | 'labels' | 'range of inputs' | 'smooth pictures' | 'spread of inputs' | 'features';

/** Why a rival ended. */
export type Ended = 'converged' | 'iterations' | 'time' | 'signal' | 'diverged' | 'nothing more to try';

/** One moment of a rival's way. */
export interface LossPoint {
  readonly iteration: number;
  readonly seconds: number;
  /** what the attack makes small */
  readonly loss: number;
}

/** What a rival hands over: a guess, never a proof. */
export interface Estimate {
  readonly status: 'estimate';
  readonly attack: string;
  /** candidates, one a row; no rows where it found none (M x d0 where the attack was told M) */
  readonly inputs: DenseMatrix;
  /** class of each row; -1 where the attack does not say */
  readonly labels: Int32Array;
  /** beside network and gradient */
  readonly told: readonly Told[];
  /** empty for attacks that do not iterate */
  readonly history: readonly LossPoint[];
  readonly ended: Ended;
  /** where it stands in words: what was found, or why it does not apply */
  readonly reason: string;
  readonly seconds: number;
}

/** What every rival understands. */
export interface RivalOptions extends Watch {
  /** time after which it hands over what it has. @default 60 */
  readonly seconds?: number;
  /** called now and then with the best guess so far; by attacks that have one before they end */
  readonly onGuess?: (inputs: DenseMatrix) => void;
}

/** What rivals understand that must be told the number of samples. */
export interface SizedOptions extends RivalOptions {
  /** M, the number of samples in the batch */
  readonly size: number;
  /** labels of the samples, where the attack is told them; otherwise it infers or searches them */
  readonly labels?: Batch['labels'];
  /** of the random start. @default 0 */
  readonly seed?: number;
}
