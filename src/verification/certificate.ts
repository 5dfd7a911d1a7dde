/**
 * Proof without the truth: the recovered batch is replayed through the network and compared with the gradient.
 * `verdict` 'holds' says "this batch produces this gradient", not that no other does (SPEC 6).
 */
export interface Certificate {
  /** ||replayed - shared|| / ||shared|| over all layers */
  readonly residual: number;
  /** the noise floor that the residual is held against, from the gradient's precision */
  readonly tolerance: number;
  readonly verdict: 'holds' | 'fails';
  /** the same per layer, head last */
  readonly layers: readonly { readonly layer: number; readonly residual: number }[];
}
