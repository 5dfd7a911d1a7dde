import type { ExclusivityState } from '../exclusivity/exclusivityState';

/** Who fires where, layer by layer, in the form that the lab extension draws as an interactive map. */
export interface ExclusivityMap {
  readonly layers: readonly {
    readonly neurons: number;
    /** per sample: the neurons that fire, and those that fire for it alone */
    readonly samples: readonly { readonly fires: readonly number[]; readonly exans: readonly number[] }[];
  }[];
}

/** MIME type of an {@link ExclusivityMap}. */
export const exclusivityMime = 'application/vnd.exan.exclusivity+json';

/**
 * An exclusivity state as indices: smaller than its patterns, and plain JSON.
 *
 * @example
 * viz.exclusivityMap(exclusivityState(model, secret)).layers[0]?.samples[3]?.exans.length;  // => 11
 */
export function exclusivityMap({ patterns, exans }: ExclusivityState): ExclusivityMap {
  return {
    layers: patterns.map(({ samples, neurons, fires }, layer) => ({
      neurons,
      samples: Array.from({ length: samples }, (_, m) => ({
        fires: [...fires.subarray(m * neurons, (m + 1) * neurons)].flatMap((on, j) => (on ? [j] : [])),
        exans: exans[layer]?.[m] ?? [],
      })),
    })),
  };
}
