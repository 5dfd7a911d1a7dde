import type { ExclusivityState } from './exclusivityState';

/** On which side of the paper's boundary a batch lies, and what decided it. */
export interface SecurityBoundary {
  /** true: the gradient gives the batch away to the ExAN attack */
  readonly insecure: boolean;
  /** the layer and sample with the smallest margin, and that sample's ExANs there */
  readonly weakest: {
    readonly layer: number;
    readonly sample: number;
    readonly count: number;
    readonly needed: number;
  };
}

/**
 * The paper's two-state boundary: insecure when every sample has at least 2 ExANs at the last ReLU layer and at least
 * 1 at every other (method 2; paper section 4). Outside it the ExAN attack is incomplete; that is no claim of safety.
 *
 * @example
 * securityBoundary(exclusivityState(model, secret)).insecure;  // => true
 */
export function securityBoundary({ counts }: ExclusivityState): SecurityBoundary {
  const last = (counts[0]?.length ?? 1) - 1;
  const cells = counts.flatMap((perLayer, sample) =>
    perLayer.map((count, layer) => ({ layer, sample, count, needed: layer === last ? 2 : 1 })),
  );
  const weakest = cells.reduce((worst, cell) => (cell.count - cell.needed < worst.count - worst.needed ? cell : worst));
  return { insecure: weakest.count >= weakest.needed, weakest };
}
