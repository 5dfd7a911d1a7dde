import { reconstruct } from '../reconstruction/reconstruct';
import { hasInput, type Reconstruction, recovered } from '../reconstruction/result';
import { rowRatios } from '../reconstruction/rowRatios';
import type { AveragedGradient, Batch, DenseMatrix, Mlp } from '../types';

/** An attack as the evaluation runs it: it sees model and gradient (and M, for those that need it), never the batch. */
export interface AttackUnderTest {
  readonly name: string;
  /** candidates, one a row; none when nothing was found */
  readonly run: (
    model: Mlp,
    gradient: AveragedGradient,
    size: number,
  ) => DenseMatrix | undefined | Promise<DenseMatrix | undefined>;
}

/** The exact attack by exclusive neurons: nothing rather than a guess. */
export const exactAttack: AttackUnderTest = {
  name: 'ExAN',
  run: (model, gradient) => candidates(reconstruct(model, gradient, { methods: ['exan'], approximate: false })),
};

/** Exclusive neurons again, with the samples that are known only within error bars of the measured noise. */
export const adaptiveAttack: AttackUnderTest = {
  name: 'ExAN adaptive',
  run: (model, gradient) => candidates(reconstruct(model, gradient, { methods: ['exan'] })),
};

/** The same, then pattern pursuit at the noise measured; at most about ten seconds. */
export const noisyPursuitAttack: AttackUnderTest = {
  name: 'pursuit adaptive',
  run: (model, gradient) => candidates(reconstruct(model, gradient, { seconds: 10 })),
};

/** Exclusive neurons, then pattern pursuit (SPEC 4), nothing at the noise of a gradient; at most about five seconds. */
export const pursuitAttack: AttackUnderTest = {
  name: 'pursuit',
  run: (model, gradient) => candidates(reconstruct(model, gradient, { seconds: 5, approximate: false })),
};

function candidates(found: Reconstruction): DenseMatrix | undefined {
  return found.samples.some(hasInput) ? recovered(found).inputs : undefined;
}

/** Every gradient row as a candidate: robust, crude, and judged by its best candidates. */
export const rowRatioAttack: AttackUnderTest = {
  name: 'row ratios',
  run: (model, gradient) => {
    const { bias } = gradient.gradients[0] ?? {};
    return bias?.some((v) => v !== 0) ? rowRatios(model, gradient) : undefined;
  },
};

/** For each true sample, the mean squared error of its best candidate; infinity without candidates. */
export function bestErrors({ inputs }: Batch, candidates: DenseMatrix | undefined): number[] {
  return Array.from({ length: inputs.rows }, (_, m) => {
    let best = Number.POSITIVE_INFINITY;
    for (let c = 0; c < (candidates?.rows ?? 0); c++) {
      let sum = 0;
      for (let i = 0; i < inputs.columns; i++)
        sum += (inputs.data[m * inputs.columns + i] - (candidates as DenseMatrix).data[c * inputs.columns + i]) ** 2;
      best = Math.min(best, sum / inputs.columns);
    }
    return best;
  });
}
