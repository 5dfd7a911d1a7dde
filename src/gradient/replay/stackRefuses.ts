import { float64 } from '../../model/arithmetic';
import { forward } from '../../model/forward';
import type { AveragedGradient, Batch, ConvNet } from '../../types';
import { gradientDifference } from '../gradientDifference';
import { gradientState } from '../gradientState';
import { headReplay } from './headReplay';
import { layerAgreement, layerHolds } from './layerAgreement';
import { down, gradientOf, type Pass } from './passes';
import { type StackAgreement, weightedAt } from './stackAgreement';

/**
 * Whether a batch that is nearly another one is refused by what that one was held against. Top down: the first layer that refuses is
 * enough.
 *
 * @param noise of the other one's agreement
 */
export function stackRefuses(
  net: ConvNet,
  gradient: AveragedGradient,
  batch: Batch,
  shares: Float64Array,
  noise: StackAgreement['noise'],
): boolean {
  const { values } = forward(net, batch.inputs);
  const [inStack] = weightedAt(net);
  const top = net.stack.length;
  const state = gradientState(net.head, { ...batch, inputs: values[top] }, { shares });
  const { agreement, delta } = headReplay(net, gradient, batch.labels, state, noise.slice(inStack.length));
  if (!agreement.holds) return true;
  let pass: Pass = { values, delta, arithmetic: float64 };
  let from = top;
  for (let i = inStack.length - 1; i >= 0; i--) {
    const k = inStack[i];
    pass = down(net, pass, values, [from, k]);
    from = k + 1;
    const shared = gradient.gradients[i];
    const [gap] = gradientDifference([shared], [gradientOf(net, pass, k)]);
    if (!layerHolds(layerAgreement(shared, gap, noise[i]))) return true;
  }
  return false;
}
