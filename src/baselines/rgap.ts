import { check } from '../check';
import { captureGradient } from '../gradient/captureGradient';
import { checkGradient } from '../gradient/checkGradient';
import { gradientDifference, gradientNorm } from '../gradient/gradientDifference';
import { matrix, norm } from '../math/matrix';
import { float64 } from '../model/arithmetic';
import { inputsOf, isActivation, kindOf, weightedLayers } from '../model/layers';
import type { LayerKind } from '../model/layers/layerKind';
import type { AffineLayer, AveragedGradient, DenseMatrix, Layer, Network } from '../types';
import { type Budget, budgetOf } from './budget';
import type { Ended, Estimate, RivalOptions } from './estimate';
import { handOver } from './handOver';
import { invertActivation } from './recursion/invertActivation';
import { readHead } from './recursion/readHead';
import { solveConvolution } from './recursion/solveConvolution';

/**
 * R-GAP (Zhu & Blaschko, ICLR 2021): the one image behind a gradient, layer by layer from the head down. Each layer with weights gives
 * two kinds of linear equations for what enters it, solved by least squares: the gradient constraint (its gradient is the known delta
 * times what enters; R-CONV's idea too) and, for convolutions, the weight constraint (what leaves it is known, where the
 * activation above can be inverted).
 *
 * Exact where activations are one to one (leaky ReLU, sigmoid) and the equations are enough; through a ReLU the weight constraint
 * holds for active entries alone. Strides are welcome, pooling is not: it has no equations. Told is only what the method takes for
 * granted, that there is one image; the head's gradient shows where it is not so.
 *
 * Ours, not theirs: softmax over K classes in place of a logistic loss (label and scale follow from the head's K equations; of two
 * classes without biases both fit, and the one with the more positive features is taken), biases where the network has them, conjugate
 * gradients in place of a dense solver.
 *
 * @param network dense layers, convolutions, activations
 * @returns 1 x d0 with its label, or no rows where the gradient shows more than one sample
 * @throws InputError when the gradient does not fit, or a layer has no equations (pooling)
 * @example
 * (await baselines.rgap(model, captureGradient(model, digits.draw({ size: 1, seed: 1 })))).inputs.rows;  // => 1
 */
export async function rgap(
  network: Network,
  gradient: AveragedGradient,
  options: RivalOptions = {},
): Promise<Estimate> {
  const start = performance.now();
  checkGradient(network, gradient, 'rgap');
  network.layers.forEach((layer, k) => {
    const pooled = layer.kind === 'maxPool' || layer.kind === 'averagePool';
    check(
      !pooled,
      () => `rgap: layer ${k} is ${layer.kind}, expected convolutions, dense layers and activations; use strides`,
    );
  });
  const budget = budgetOf('rgap', options);
  const attack = 'R-GAP';
  const weighted = weightedLayers(network);
  const top = readHead(weighted[weighted.length - 1], gradient.gradients[weighted.length - 1], gradient.precision);
  if ('reason' in top) return handOver({ width: inputsOf(network), attack, start, reason: top.reason });
  const below = await descend(network, gradient, top, budget);
  if ('reason' in below)
    return handOver({ width: inputsOf(network), attack, start, reason: below.reason, ended: below.ended });
  const labels = Int32Array.of(top.label);
  const replayed = captureGradient(network, { inputs: below.input, labels }).gradients;
  const misfit = gradientNorm(gradientDifference(gradient.gradients, replayed)) / gradientNorm(gradient.gradients);
  const reason = `one image through ${weighted.length} layers; its own gradient misses the shared one by ${misfit.toExponential(0)} of its norm`;
  return handOver({ width: inputsOf(network), attack, start, inputs: below.input, labels, ended: below.ended, reason });
}

interface Stopped {
  readonly reason: string;
  readonly ended: Ended;
}

/** From what enters the head down to the image. */
async function descend(
  { layers }: Network,
  { gradients, precision }: AveragedGradient,
  { loss, features }: { readonly loss: DenseMatrix; readonly features: DenseMatrix },
  budget: Budget,
): Promise<{ readonly input: DenseMatrix; readonly ended: Ended } | Stopped> {
  let ended: Ended = 'converged';
  let entering = features;
  let index = gradients.length - 1;
  let delta = backThrough(layers[layers.length - 1], loss, entering, entering);
  let above: { readonly values: DenseMatrix; readonly known: Uint8Array } | null = null;
  for (let k = layers.length - 2; k >= 0; k--) {
    const layer = layers[k];
    if (isActivation(layer)) {
      above = invertActivation(layer, entering, precision);
      delta = backThrough(layer, delta, above.values, kindOf(layer).forward(layer, above.values, float64));
      entering = above.values;
      continue;
    }
    if (!(norm(delta.data) > 0)) return { reason: `no delta reaches layer ${k}: all that it feeds is silent`, ended };
    const own = gradients[--index];
    if (layer.kind === 'conv2d') {
      const solved = await solveConvolution(layer, { delta, gradient: own, above }, budget);
      entering = solved.values;
      if (solved.ended) ended = solved.ended;
    } else entering = denseInput(own, delta);
    above = { values: entering, known: new Uint8Array(entering.data.length).fill(1) };
    if (k > 0) delta = backThrough(layer, delta, entering, entering);
  }
  return { input: entering, ended };
}

/** The gradient constraint of a dense layer, G = delta xᵀ, whose least squares solution is Gᵀ delta / |delta|². */
function denseInput({ weight }: AffineLayer, { data: delta }: DenseMatrix): DenseMatrix {
  const x = matrix(1, weight.columns);
  const square = norm(delta) ** 2;
  for (let j = 0; j < weight.rows; j++)
    for (let i = 0; i < x.columns; i++) x.data[i] += (delta[j] * weight.data[j * x.columns + i]) / square;
  return x;
}

function backThrough(layer: Layer, delta: DenseMatrix, entering: DenseMatrix, leaving: DenseMatrix): DenseMatrix {
  const kind = kindOf(layer) as LayerKind<Layer>;
  return kind.backward(layer, { ...delta, data: delta.data.slice() }, { entering, leaving }, float64);
}
