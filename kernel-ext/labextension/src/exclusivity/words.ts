import type { Layer } from './exclusivityData';

export const sampleName = (sample: number, labels?: readonly number[]): string =>
  labels?.[sample] === undefined ? `sample ${sample}` : `sample ${sample} (label ${labels[sample]})`;

/** One neuron on one sample, as the tooltip and the screen reader say it. */
export function describeNeuron(layer: Layer, sample: number, neuron: number, labels?: readonly number[]): string {
  const owner = layer.owner(neuron);
  const fires = layer.fires(sample, neuron);
  const state = !fires ? 'silent' : owner === sample ? 'exclusive (ExAN)' : 'active, shared';
  const activation = layer.activation(sample, neuron);
  const value = activation === undefined ? '' : `, activation ${Number(activation.toPrecision(4))}`;
  return `${layer.name}, ${sampleName(sample, labels)}, neuron ${neuron}: ${state}${value}`;
}

/** The ExANs of some samples in every layer. */
export function describeSamples(
  layers: readonly Layer[],
  samples: readonly number[],
  labels?: readonly number[],
): string {
  if (samples.length > 1)
    return `samples ${samples[0]} to ${samples[samples.length - 1]}: ${layers
      .map((layer) => `${layer.name} ${samples.reduce((sum, m) => sum + layer.exans(m).length, 0)} ExANs`)
      .join(', ')}`;
  const [sample = 0] = samples;
  const parts = layers.map((layer) => {
    const found = layer.exans(sample);
    const shown = found.slice(0, 12).join(', ') + (found.length > 12 ? ', …' : '');
    return `${layer.name} ${found.length} ExANs${found.length > 0 ? ` (${shown})` : ''}`;
  });
  return `${sampleName(sample, labels)}: ${parts.join('; ')}`;
}
