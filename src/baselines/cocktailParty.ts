import { check, isCount } from '../check';
import { roundoff } from '../gradient/arithmeticNoise';
import { checkGradient } from '../gradient/checkGradient';
import { gemm } from '../math/gemm';
import { matrix } from '../math/matrix';
import { weightedLayers } from '../model/layers';
import type { AffineLayer, AveragedGradient, DenseMatrix, ImageShape, Network } from '../types';
import { budgetOf } from './budget';
import type { Estimate, RivalOptions, Told } from './estimate';
import { handOver } from './handOver';
import { fastIca } from './unmixing/fastIca';
import { signAndScale } from './unmixing/signAndScale';
import { unmix } from './unmixing/unmix';
import { type UnmixingLoss, type UnmixingWeights, unmixingLoss } from './unmixing/unmixingLoss';
import { whiten } from './unmixing/whiten';

/** Options of {@link cocktailParty}. */
export interface CocktailPartyOptions extends RivalOptions {
  /** M. @default the rank of the gradient */
  readonly size?: number;
  /** shape of the pictures that enter layer 0: their total variation counts then. @default no pictures */
  readonly image?: ImageShape;
  /** range of the inputs, for clipping, and for sign and scale where there are no biases. @default none */
  readonly bounds?: readonly [number, number];
  /** of the loss's terms. @default the authors', { negentropy: 1, decorrelation: 1.47, temperature: 12.4, variation: 3.1 } */
  readonly weights?: Partial<UnmixingWeights>;
  /** where Adam starts: at the whitened rows, as the authors do, or at FastICA's answer. @default 'fastIca' */
  readonly from?: 'whitened' | 'fastIca';
  /** of Adam. @default 1e-3, the authors' */
  readonly rate?: number;
  /** of Adam; 0 leaves FastICA's answer. @default 25000, the authors' */
  readonly iterations?: number;
}

/** The authors' settings for a fully connected network on Tiny ImageNet, as their repository has them. */
const authors: UnmixingWeights = { negentropy: 1, decorrelation: 1.47, temperature: 12.4, variation: 3.1 };

/**
 * Cocktail Party Attack (Kariyappa et al., ICML 2023): the rows of a dense layer's weight gradient are mixtures of its M inputs, as
 * microphones hear several speakers, and independent component analysis tells them apart: whitening to M rows, then the unmixing matrix
 * whose estimates are far from normal (log cosh), little alike and, where they are pictures, smooth. For networks with convolutions
 * it is the first dense layer, so the estimates are the features that enter the head, for a feature inversion to go on from.
 *
 * A statistical guess: pixels of different pictures are not independent, so estimates remain mixed, the more the larger M. At M = 8 a
 * tenth of the steps at ten times the rate (`{ rate: 0.01, iterations: 3000 }`) does as well as the authors' settings.
 *
 * Ours, not theirs: FastICA as the start; M from the rank where it is not told; and where the layer has biases, whose gradient is
 * mixed alike, sign and scale from them, without them from `bounds` (the authors stretch each estimate to the range of its own pixels).
 *
 * @returns M x d0 without labels, or no rows where the gradient's rank shows no M
 * @throws InputError when the gradient does not fit, there is no dense layer, sign and scale need `bounds`, or an option is not understood
 * @example
 * (await baselines.cocktailParty(model, gradient, { iterations: 100 })).inputs.rows;  // => 8
 */
export async function cocktailParty(
  network: Network,
  gradient: AveragedGradient,
  options: CocktailPartyOptions = {},
): Promise<Estimate> {
  const start = performance.now();
  const { size, image, bounds, from = 'fastIca', rate = 1e-3, iterations = 25000 } = options;
  checkGradient(network, gradient, 'cocktailParty');
  const weights = { ...authors, ...options.weights };
  checkOptions(options, weights);
  const { layer: own, first } = firstDense(network, gradient);
  checkPictures(options, own, first);
  const budget = budgetOf('cocktailParty', options);
  const told: Told[] = [
    ...(size === undefined ? [] : (['batch size'] as const)),
    ...(image ? (['smooth pictures'] as const) : []),
    ...(bounds ? (['range of inputs'] as const) : []),
  ];
  const common = { width: own.weight.columns, attack: 'Cocktail Party Attack', start, told };
  const white = await whiten(own, size, roundoff[gradient.precision], budget);
  if ('reason' in white) return handOver({ ...common, ...white });
  const begin = from === 'fastIca' ? await fastIca(white.x, 0, budget) : identity(white.x.rows);
  const lossOf = (w: DenseMatrix): UnmixingLoss => unmixingLoss(w, white.x, weights, image);
  const { w, history, ended } = await unmix(begin, lossOf, { rate, iterations }, budget);
  const unmixing = gemm(w, white.whitening);
  const biases = own.bias && gemm(unmixing, matrix(own.bias.length, 1, own.bias)).data;
  const inputs = signAndScale(gemm(unmixing, own.weight), biases, bounds);
  const what = first ? 'inputs' : 'features that enter the first dense layer';
  const reason = `${inputs.rows} estimates of the ${what}, far from normal and little alike; nothing says how near they are`;
  return handOver({ ...common, inputs, history, ended, reason });
}

/** The gradient of the first dense layer, and whether the inputs enter it. */
function firstDense(network: Network, { gradients }: AveragedGradient): { layer: AffineLayer; first: boolean } {
  const index = weightedLayers(network).findIndex((layer) => layer.kind === 'dense');
  check(index >= 0, () => 'cocktailParty: the network has no dense layer, expected one');
  return { layer: gradients[index], first: network.layers[0].kind === 'dense' };
}

function checkPictures({ image, bounds }: CocktailPartyOptions, { weight, bias }: AffineLayer, first: boolean): void {
  check(!image || first, () => 'cocktailParty: image is given, but features enter the first dense layer, not pictures');
  const pixels = image ? image.height * image.width * image.channels : weight.columns;
  check(
    pixels === weight.columns,
    () => `cocktailParty: image has ${pixels} values, expected ${weight.columns}, the inputs of the first dense layer`,
  );
  check(
    bias !== undefined || bounds !== undefined,
    () => 'cocktailParty: the first dense layer has no biases and no bounds are given, expected one of them, for scale',
  );
}

function checkOptions({ size, bounds, from, rate, iterations }: CocktailPartyOptions, weights: UnmixingWeights): void {
  const caller = 'cocktailParty';
  check(size === undefined || isCount(size), () => `${caller}: size is ${size}, expected a positive integer`);
  check(
    !bounds || bounds[0] < bounds[1],
    () => `${caller}: bounds are ${bounds}, expected a lower and a higher number`,
  );
  check(
    from === undefined || from === 'whitened' || from === 'fastIca',
    () => `${caller}: from is ${from}, expected 'whitened' or 'fastIca'`,
  );
  check(rate === undefined || rate > 0, () => `${caller}: rate is ${rate}, expected a positive number`);
  check(
    iterations === undefined || isCount(iterations, 0),
    () => `${caller}: iterations is ${iterations}, expected an integer >= 0`,
  );
  for (const [name, value] of Object.entries(weights)) {
    check(name in authors, () => `${caller}: weights has ${name}, expected ${Object.keys(authors).join(', ')}`);
    check(value >= 0 && value < Infinity, () => `${caller}: the weight ${name} is ${value}, expected a number >= 0`);
  }
}

function identity(M: number): DenseMatrix {
  const w = matrix(M, M);
  for (let m = 0; m < M; m++) w.data[m * M + m] = 1;
  return w;
}
