import type { Dataset } from '../data/dataset';
import { gradientNorm } from '../gradient/gradientDifference';
import type { AffineLayer, AveragedGradient, Batch, ConvNet, Layer, Mlp, ModelUpdate } from '../types';

/** Labels that are listed. */
const listed = 24;

/** A network in a line: widths or layers, activation, how many numbers it has. */
export function networkInWords(model: Mlp | ConvNet): string {
  const weighted = model.layers.filter((layer) => 'weight' in layer);
  const end = `${weighted.some(({ bias }) => bias) ? '' : 'no biases, '}${parameters(weighted)} parameters`;
  if (!('stack' in model)) return `network ${model.widths.join('-')}, ${activations(model)}, ${end}`;
  const { channels, height, width } = model.input;
  const stack = model.stack.map(layerInWords).join(', ');
  return `network of ${channels} x ${height} x ${width}: ${stack}; head ${model.head.widths.join('-')}, ${end}`;
}

function activations({ activations }: Mlp): string {
  return [...new Set(activations.map(({ kind }) => kind))].join(', ');
}

function layerInWords(layer: Layer): string {
  if (layer.kind === 'conv2d') return `conv2d ${layer.weight.rows}`;
  return layer.kind === 'maxPool' || layer.kind === 'averagePool' ? `${layer.kind} ${layer.size}` : layer.kind;
}

function parameters(layers: readonly AffineLayer[]): number {
  return layers.reduce((total, { weight, bias }) => total + weight.data.length + (bias?.length ?? 0), 0);
}

/** A gradient in a line: what it is averaged over, its arrays, its size. */
export function gradientInWords({ gradients, reduction, precision }: AveragedGradient): string {
  const arrays = gradients.map(({ weight }) => `${weight.rows} x ${weight.columns}`).join(', ');
  const over = reduction === 'mean' ? 'averaged' : 'summed';
  return `gradient ${over} over its batch, ${precision}: weights ${arrays}${gradients.some(({ bias }) => bias) ? ', with biases' : ''}, norm ${gradientNorm(gradients).toPrecision(3)}`;
}

/** A client's update in a line: the network, and what is told of its training. */
export function updateInWords({ before, after: _, precision, ...training }: ModelUpdate): string {
  const told = Object.entries(training).map(([name, value]) => `${name} ${value}`);
  return `update of ${networkInWords(before)}: ${[...told, precision].join(', ')}`;
}

/** A batch or a set of data in a line: how many samples, of what size, with which labels. */
export function samplesInWords(batch: Batch & Partial<Pick<Dataset, 'name' | 'classes'>>): string {
  const { inputs, labels, image, name, classes } = batch;
  const of = image ? `${image.height} x ${image.width} x ${image.channels}` : `${inputs.columns} numbers`;
  const samples = `${inputs.rows} ${inputs.rows === 1 ? 'sample' : 'samples'} of ${of}`;
  if (name !== undefined) return `${name}: ${samples}, ${classes} classes; draw({ size, seed }) takes a batch`;
  const shown = [...labels.subarray(0, listed)].join(', ');
  return `batch of ${samples}, labels ${shown}${labels.length > listed ? ', …' : ''}`;
}
