import { fromRows, row } from '../../math/matrix';
import { float64 } from '../../model/arithmetic';
import { forward } from '../../model/forward';
import { kindOf } from '../../model/layers';
import type { AveragedGradient, Batch, ConvNet, DenseMatrix } from '../../types';
import { gradientDifference } from '../gradientDifference';
import { gradientState } from '../gradientState';
import { headReplay } from './headReplay';
import { layerAgreement, layerHolds } from './layerAgreement';
import { down, gradientOf, type Pass } from './passes';
import { type StackAgreement, weightedAt } from './stackAgreement';

/**
 * Whether a batch that is nearly an accepted one is refused by what that one was held against. Top down: the first layer that refuses
 * is enough, and usually that is the head.
 *
 * @param batch the same but for its first samples, which stand for one of the accepted
 * @param accepted its agreement
 */
export function stackRefuses(
  net: ConvNet,
  gradient: AveragedGradient,
  batch: Batch,
  shares: Float64Array,
  accepted: Pick<StackAgreement, 'noise' | 'features'>,
): boolean {
  const [inStack] = weightedAt(net);
  const features = featuresOf(net, batch.inputs, accepted.features);
  const state = gradientState(net.head, { ...batch, inputs: features }, { shares });
  const { agreement, delta } = headReplay(net, gradient, batch.labels, state, accepted.noise.slice(inStack.length));
  if (!agreement.holds) return true;
  const { values } = forward(net, batch.inputs);
  let pass: Pass = { values, delta, arithmetic: float64 };
  let from = net.stack.length;
  for (let i = inStack.length - 1; i >= 0; i--) {
    const k = inStack[i];
    pass = down(net, pass, values, [from, k]);
    from = k + 1;
    const shared = gradient.gradients[i];
    const [gap] = gradientDifference([shared], [gradientOf(net, pass, k)]);
    if (!layerHolds(layerAgreement(shared, gap, accepted.noise[i]))) return true;
  }
  return false;
}

/** Of the samples that are new; the others' are known, and stand last in both. */
function featuresOf({ stack }: ConvNet, inputs: DenseMatrix, known: DenseMatrix): DenseMatrix {
  const [others, all] = [known.rows - 1, inputs.rows];
  const fresh = fromRows(Array.from({ length: all - others }, (_, m) => row(inputs, m)));
  const own = stack.reduce((values, layer) => kindOf(layer).forward(layer, values, float64), fresh);
  return fromRows(
    Array.from({ length: all }, (_, m) => (m < own.rows ? row(own, m) : row(known, m - all + known.rows))),
  );
}
