/**
 * Shapes only. Conventions, said once: matrices are row-major float64; weights are out x in; batches have one sample
 * per row; ReLU's derivative at 0 is 0; a network has H hidden (ReLU) layers 0..H-1 and the linear head H (method 1).
 * "method n" in a comment is section n of docs/method.md.
 */

/** Row-major matrix of float64: entry (i, j) is `data[i * columns + j]`. */
export interface DenseMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** Height, width and channels (last) of a sample that is a picture. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Channels, height and width of what enters a convolution or pooling: a sample's values are flattened in this order. */
export interface PlaneShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** What the client keeps: M labelled samples. Never handed to an attack. */
export interface Batch {
  /** M x d0 */
  readonly inputs: DenseMatrix;
  /** M class indices in [0, K) */
  readonly labels: Int32Array;
  readonly image?: ImageShape;
}

/** Weights of one affine map z = W f + b; `weight` is out x in, `bias` has length out or is absent. */
export interface AffineLayer {
  readonly weight: DenseMatrix;
  readonly bias?: Float64Array;
}

/** z = W f + b. */
export interface DenseLayer extends AffineLayer {
  readonly kind: 'dense';
}

/** max(z, 0). */
export interface ReluLayer {
  readonly kind: 'relu';
}

/** z where it is positive, slope z elsewhere; its derivative at 0 is the slope. */
export interface LeakyReluLayer {
  readonly kind: 'leakyRelu';
  /** between 0 and 1, both excluded */
  readonly slope: number;
}

/** As {@link LeakyReluLayer}, with a slope for each neuron; fixed: what a client shares of their gradient is not used. Hidden layers only. */
export interface PReluLayer {
  readonly kind: 'prelu';
  /** at least 0, one for each neuron */
  readonly slopes: Float64Array;
}

/** min(max(z, 0), 6); its derivative is 0 at both ends. */
export interface Relu6Layer {
  readonly kind: 'relu6';
}

/** 1 / (1 + exp(-z)): nothing is ever off, so patterns say nothing and only `baselines` attack it. */
export interface SigmoidLayer {
  readonly kind: 'sigmoid';
}

/** Activations whose derivative takes two values: a pattern says everything about them. `model/layers/pieces` has what they do. */
export type PiecewiseLinear = ReluLayer | LeakyReluLayer | PReluLayer | Relu6Layer;

/** What works entry by entry, so that it needs no shape. */
export type ActivationLayer = Exclude<PiecewiseLinear, PReluLayer> | SigmoidLayer;

/** Convolution (as frameworks say; a cross-correlation) with square kernels; zeros stand `padding` wide around each plane. */
export interface Conv2dLayer extends AffineLayer {
  readonly kind: 'conv2d';
  /** C x H x W */
  readonly input: PlaneShape;
  /** side k of a kernel; `weight` is out x (C k k), PyTorch's weight.reshape(out, -1) */
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** The largest value of each size x size window, the first of equals in row-major order; windows stay inside the plane. */
export interface MaxPoolLayer {
  readonly kind: 'maxPool';
  /** C x H x W */
  readonly input: PlaneShape;
  readonly size: number;
  readonly stride: number;
}

/** The mean of each size x size window; windows stay inside the plane. */
export interface AveragePoolLayer {
  readonly kind: 'averagePool';
  /** C x H x W */
  readonly input: PlaneShape;
  readonly size: number;
  readonly stride: number;
}

/** A layer between planes: it knows the shape of what enters, because flattened values do not tell. */
export type PlaneLayer = Conv2dLayer | MaxPoolLayer | AveragePoolLayer;

/** One layer of a network; `model/layers` has a file for each kind. */
export type Layer = DenseLayer | ActivationLayer | PReluLayer | PlaneLayer;

/** A network: layers one after the other, softmax cross-entropy on top. */
export interface Network {
  readonly layers: readonly Layer[];
}

/** A fully connected network: dense layers with an activation between each two, mostly ReLU. What the attack reads. */
export interface Mlp extends Network {
  /** [d0, n1, …, K] */
  readonly widths: readonly number[];
  /** the layers with weights: dense[i] is W_i, b_i */
  readonly dense: readonly DenseLayer[];
  /** activations[i] follows dense[i]; the head has none. layers = [dense[0], activations[0], dense[1], …] */
  readonly activations: readonly PiecewiseLinear[];
}

/** Convolutions, pooling and activations, then a fully connected head on the flattened result: layers = [...stack, ...head.layers]. */
export interface ConvNet extends Network {
  /** shape of a sample, C x H x W */
  readonly input: PlaneShape;
  /** all layers before the flattening */
  readonly stack: readonly Exclude<Layer, DenseLayer | PReluLayer>[];
  readonly head: Mlp;
}

/** How the per-sample gradients are combined: divided by the batch size M, or not. */
export type Reduction = 'mean' | 'sum';

/** Precision in which the gradient was computed or stored; tolerances follow from it. */
export type Precision = 'float64' | 'float32';

/** All that an attacker sees beside the network: one gradient for each layer with weights, shaped like it. */
export interface AveragedGradient {
  readonly gradients: readonly AffineLayer[];
  readonly reduction: Reduction;
  /** of the arithmetic */
  readonly precision: Precision;
  /** the number format in which it was shared, where that is coarser than the arithmetic; what it rounded away is noise, which attacks measure */
  readonly shared?: 'float16' | 'bfloat16';
}

/** How a client of FedAvg trains before it shares: SGD, every step on the mean loss of its mini-batch. */
export interface LocalTraining {
  /** learning rate */
  readonly rate: number;
  /** passes over the local samples; without mini-batches each of them is one step */
  readonly epochs: number;
  /** samples of a mini-batch, each epoch in a new order that nobody is told; the last may be smaller. Absent: all samples */
  readonly batchSize?: number;
  /** of the heavy ball, as PyTorch has it: v = momentum * v + gradient, weights -= rate * v. @default 0 */
  readonly momentum?: number;
}

/** What a client of FedAvg shares: the network that it got and the one it gives back (method 12). */
export interface ModelUpdate extends LocalTraining {
  readonly before: Mlp;
  readonly after: Mlp;
  /** of the client's arithmetic */
  readonly precision: Precision;
}

/** What of a training is told to whoever reads an update: the rest is inferred. */
export interface ToldTraining {
  /** absent: inferred */
  readonly rate?: number;
  /** absent: inferred, and so is the size of mini-batches unless it is told */
  readonly epochs?: number;
  /** absent beside `epochs`: every step took all samples. 'unknown': inferred */
  readonly batchSize?: number | 'unknown';
  /** @default 0 */
  readonly momentum?: number;
}

/** An update as a server sees it that may not know how its client trained. */
export interface ObservedUpdate extends ToldTraining, Pick<ModelUpdate, 'before' | 'after' | 'precision'> {}

/** Long work can be stopped and shows how far it is. */
export interface Watch {
  readonly signal?: AbortSignal;
  /** called with a fraction in [0, 1] and a short note */
  readonly onProgress?: (fraction: number, note: string) => void;
}
