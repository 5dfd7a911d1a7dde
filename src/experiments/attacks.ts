import { rowRatios } from '../baselines/rowRatios';
import type { ReconstructOptions } from '../reconstruction/reconstruct';
import { reconstructAsync } from '../reconstruction/reconstructAsync';
import { hasInput, type Reconstruction, recovered } from '../reconstruction/result';
import type { AveragedGradient, DenseMatrix, Mlp, Watch } from '../types';

/** An attack as an experiment runs it: it sees model and gradient (and M, for those that need it), never the batch. */
export interface AttackUnderTest {
  readonly name: string;
  /** candidates, one a row; none when nothing was found. `watch` stops it and is told how far it is, where an attack takes long */
  readonly run: (
    model: Mlp,
    gradient: AveragedGradient,
    size: number,
    watch?: Watch,
  ) => DenseMatrix | undefined | Promise<DenseMatrix | undefined>;
}

/**
 * The attacks that experiments compare, by name. Any object of this shape can stand beside them.
 *
 * @example
 * const noise = [{ kind: 'noise', level: 1e-3 }] as const;
 * const rows = await robustness(model, digits, noise, { seeds: [1], attacks: [attacks.exact, attacks.adaptive] });
 * rows.map((row) => row.exact.mean);  // => [0, 1]
 */
export const attacks: {
  /** exclusive neurons: nothing rather than a guess */
  readonly exact: AttackUnderTest;
  /** exclusive neurons again, with the samples that are known only within error bars of the measured noise */
  readonly adaptive: AttackUnderTest;
  /** exclusive neurons, then pattern pursuit (method 4), nothing at the noise of a gradient; at most about five seconds */
  readonly pursuit: AttackUnderTest;
  /** the adaptive attack, then pattern pursuit at the noise measured; at most about ten seconds */
  readonly noisyPursuit: AttackUnderTest;
  /** every gradient row as a candidate: robust, crude, and judged by its best candidates */
  readonly rowRatios: AttackUnderTest;
} = {
  exact: {
    name: 'ExAN',
    run: ours({ methods: ['exan'], approximate: false }),
  },
  adaptive: {
    name: 'ExAN adaptive',
    run: ours({ methods: ['exan'] }),
  },
  pursuit: {
    name: 'pursuit',
    run: ours({ seconds: 5, approximate: false }),
  },
  noisyPursuit: {
    name: 'pursuit adaptive',
    run: ours({ seconds: 10 }),
  },
  rowRatios: {
    name: 'row ratios',
    run: (model, gradient) => {
      const { bias } = gradient.gradients[0] ?? {};
      return bias?.some((v) => v !== 0) ? rowRatios(model, gradient).inputs : undefined;
    },
  },
};

/** The attack of this library; its search runs beside this thread, which stays free to show progress and to stop it. */
function ours(options: ReconstructOptions): AttackUnderTest['run'] {
  return async (model, gradient, _, watch) =>
    candidates(await reconstructAsync(model, gradient, { ...options, ...watch, workers: 1 }));
}

function candidates(found: Reconstruction): DenseMatrix | undefined {
  return found.samples.some(hasInput) ? recovered(found).inputs : undefined;
}
