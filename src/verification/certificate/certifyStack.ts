import { stackAgreement } from '../../gradient/replay/stackAgreement';
import type { AveragedGradient, Batch, ConvNet } from '../../types';
import type { Certificate } from './certify';

/**
 * The certificate of a network with convolutions, by the rule of `stackAgreement`. Its replay is a forward and backward pass of the
 * network's own layers, which tests hold against PyTorch and finite differences.
 *
 * @param share weight of each sample in the gradient
 */
export function certifyStack(net: ConvNet, gradient: AveragedGradient, batch: Batch, share: number): Certificate {
  const shares = new Float64Array(batch.labels.length).fill(share);
  const steps = stackAgreement(net, gradient, batch, shares);
  let step = steps.next();
  while (!step.done) step = steps.next();
  const { residual, tolerance, worst, layers, holds } = step.value;
  return {
    residual,
    tolerance,
    worstRow: Math.sqrt(worst),
    verdict: holds ? 'holds' : 'fails',
    layers: layers.map((l, layer) => ({ layer, residual: l.residual, tolerance: l.tolerance })),
  };
}
