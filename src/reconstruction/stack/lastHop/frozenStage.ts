/** First words of the three sets of planes: values, and what goes up and down through the linearised stages. */
export interface Sets {
  readonly values: number;
  readonly up: number;
  readonly down: number;
}

/** Tells whether a result of a stage matters: number of the result, in the order of a {@link Choice}. */
export type Used = (result: number) => boolean;

export const usedEverywhere: Used = () => true;

/** A stage at work on one sample; `up` and `down` are its derivative with the choices of the last `freeze`, and the adjoint. */
export interface FrozenStage {
  /** values of the plane above, from those of the plane below */
  forward(): void;
  /** keeps the choices that the last forward pass made */
  freeze(used?: Used): void;
  up(): void;
  down(): void;
}
