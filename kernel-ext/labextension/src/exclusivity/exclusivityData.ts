/** Content of `application/vnd.exan.exclusivity+json`: which neuron fires on which sample. */
export interface ExclusivityData {
  readonly layers: readonly LayerData[];
  /** Class of each sample. */
  readonly labels?: readonly number[];
}

/** A layer as `viz.exclusivityMap` of the library writes it, or with its whole pattern. */
export type LayerData = IndexLayer | PatternLayer;

export interface IndexLayer {
  readonly name?: string;
  readonly neurons: number;
  /** For each sample the neurons that fire. */
  readonly samples: readonly { readonly fires: readonly number[] }[];
  /** Samples x neurons, what the neuron puts out. */
  readonly activations?: readonly (readonly number[])[];
}

export interface PatternLayer {
  readonly name?: string;
  readonly neurons: number;
  readonly samples: number;
  /**
   * Samples x neurons: rows of 0 and 1, or the same as base64 of a bitset, sample after sample, where bit
   * `i = sample * neurons + neuron` is `(byte[i >> 3] >> (i & 7)) & 1`.
   */
  readonly fires: string | readonly (readonly number[])[];
  /** Samples x neurons, what the neuron puts out. */
  readonly activations?: readonly (readonly number[])[];
}

/** One layer, decoded. */
export interface Layer {
  readonly name: string;
  readonly neurons: number;
  readonly samples: number;
  fires(sample: number, neuron: number): boolean;
  /** The sample that alone activates the neuron, or -1. */
  owner(neuron: number): number;
  /** Neurons that this sample alone activates. */
  exans(sample: number): number[];
  activation(sample: number, neuron: number): number | undefined;
}

const isIndexed = (data: LayerData): data is IndexLayer => Array.isArray(data.samples);
const countSamples = (data: LayerData): number => (isIndexed(data) ? data.samples.length : data.samples);

function firing(data: LayerData): (sample: number, neuron: number) => boolean {
  if (isIndexed(data)) {
    const active = data.samples.map(({ fires }) => new Set(fires));
    return (m, j) => active[m]?.has(j) ?? false;
  }
  const { fires, neurons } = data;
  if (typeof fires !== 'string') return (m, j) => Boolean(fires[m]?.[j]);
  const bytes = Uint8Array.from(atob(fires), (character) => character.charCodeAt(0));
  return (m, j) => {
    const bit = m * neurons + j;
    return (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1;
  };
}

/** Decodes a layer and finds its ExANs: the neurons that fire for exactly one sample. */
export function decodeLayer(data: LayerData, index: number): Layer {
  const { name = `ReLU ${index}`, neurons, activations } = data;
  const samples = countSamples(data);
  const fires = firing(data);
  const owners = Array.from({ length: neurons }, (_, j) => {
    let owner = -1;
    for (let m = 0; m < samples; m++) {
      if (!fires(m, j)) continue;
      if (owner >= 0) return -1;
      owner = m;
    }
    return owner;
  });
  return {
    name,
    neurons,
    samples,
    fires,
    owner: (j) => owners[j] ?? -1,
    exans: (m) => owners.flatMap((owner, j) => (owner === m ? [j] : [])),
    activation: (m, j) => activations?.[m]?.[j],
  };
}

/** Says in words what is wrong with the content, or nothing. */
export function complaint(data: unknown): string | undefined {
  const { layers } = (data ?? {}) as Partial<ExclusivityData>;
  if (!Array.isArray(layers) || layers.length === 0) return 'no layers';
  const samples = countSamples(layers[0] as LayerData);
  for (const [index, layer] of (layers as LayerData[]).entries()) {
    const { name = `ReLU ${index}`, neurons } = layer;
    const rows = isIndexed(layer) || typeof layer.fires === 'string' ? samples : layer.fires?.length;
    if (!(neurons > 0 && samples > 0) || countSamples(layer) !== samples || rows !== samples)
      return `layer ${name}: ${countSamples(layer)} samples x ${neurons} neurons do not match`;
  }
  return undefined;
}
