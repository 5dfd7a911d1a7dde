import { fromRows, largest, row } from '../math/matrix';
import { weightedLayers } from '../model/layers';
import { reconstructAsync } from '../reconstruction/reconstructAsync';
import { hasInput, type RecoveredSample } from '../reconstruction/result';
import type { AffineLayer, AveragedGradient, ConvNet, DenseMatrix, Watch } from '../types';

/** Features that enter a head, read off its gradient, with their labels (-1 where it does not say); no rows where there are none. */
export interface HeadFeatures {
  readonly features: DenseMatrix;
  readonly labels: Int32Array;
  /** how they were found, or why not */
  readonly reason: string;
}

/** How far, relative to the largest feature, the rows of a single sample's gradient may disagree. */
const SAME = 1e-3;

/**
 * The features below a network's head: by the exact attack where it has hidden layers; a single linear layer gives those of a single
 * sample, each row of its gradient over its bias, and of several only mixtures.
 */
export async function headFeatures(
  net: ConvNet,
  gradient: AveragedGradient,
  watch: Watch & { readonly seconds?: number },
): Promise<HeadFeatures> {
  const gradients = gradient.gradients.slice(weightedLayers(net).length - net.head.dense.length);
  if (gradients.length === 1) return ofLinear(gradients[0]);
  const found = await reconstructAsync(net.head, { ...gradient, gradients }, { ...watch, workers: 1 });
  const samples: readonly RecoveredSample[] = found.samples;
  const known = samples.filter(hasInput);
  return {
    features: fromRows(
      known.map(({ input }) => input),
      net.head.widths[0],
    ),
    labels: Int32Array.from(known, ({ label }) => label),
    reason: `the head's features: ${found.status}, ${found.reason}`,
  };
}

function ofLinear({ weight, bias }: AffineLayer): HeadFeatures {
  const none = { features: fromRows([], weight.columns), labels: new Int32Array(0) };
  if (!bias) return { ...none, reason: 'the head is one linear layer without biases, so features have no length' };
  const order = [...bias.keys()].sort((a, b) => Math.abs(bias[b]) - Math.abs(bias[a]));
  const [first, second] = order.map((c) => row(weight, c).map((v) => v / bias[c]));
  if (!(largest(first.map((v, k) => v - second[k])) <= SAME * largest(first)))
    return { ...none, reason: 'the head is one linear layer, whose rows mix the features of several samples' };
  // of one sample only the label's entry of the bias is negative
  const label = bias.findIndex((b) => b < 0);
  return { features: fromRows([first]), labels: Int32Array.of(label), reason: 'rows of the head over its biases' };
}
