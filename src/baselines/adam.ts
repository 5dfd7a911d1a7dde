import type { Objective, Optimiser, Point } from './optimiser';

/** Options of {@link adam}. */
export interface AdamOptions {
  /** learning rate of the first iteration */
  readonly rate: number;
  /** only the slope's signs are used, as Inverting Gradients does. @default false */
  readonly signed?: boolean;
  /** what the rate is multiplied by where this part of the iterations is done. @default 1 throughout */
  readonly schedule?: (done: number) => number;
  /** all that will be made, for the schedule */
  readonly iterations: number;
  /** bounds for the first entries of x, after each move: how many, and where. @default none */
  readonly box?: { readonly entries: number; readonly low: number; readonly high: number };
}

/** What {@link adam} remembers. */
export interface AdamMemory extends Point {
  iteration: number;
  /** running means of the slope and of its squares */
  mean: Float64Array;
  square: Float64Array;
}

const [FIRST, SECOND, TINY] = [0.9, 0.999, 1e-8];

/** A tenth at 3/8, 5/8 and 7/8 of the iterations: Inverting Gradients. */
export const steps = (done: number): number => 0.1 ** [3 / 8, 5 / 8, 7 / 8].filter((at) => done >= at).length;

/** Half a cosine down to 0: the Cocktail Party Attack. */
export const cosineDown = (done: number): number => (1 + Math.cos(Math.PI * done)) / 2;

/** Adam (Kingma & Ba 2015) with PyTorch's constants: 0.9, 0.999, 1e-8. */
export function adam({
  rate,
  signed = false,
  schedule = () => 1,
  iterations,
  box,
}: AdamOptions): Optimiser<AdamMemory> {
  return {
    begin(x, objective) {
      const zeros = (): Float64Array => new Float64Array(x.length);
      return { x, ...objective(x), iteration: 0, mean: zeros(), square: zeros() };
    },
    advance(memory, objective: Objective) {
      const { x, slope, mean, square } = memory;
      const step = (rate * schedule(memory.iteration / iterations)) / (1 - FIRST ** (memory.iteration + 1));
      const unbias = 1 / Math.sqrt(1 - SECOND ** (memory.iteration + 1));
      for (let k = 0; k < x.length; k++) {
        const g = signed ? Math.sign(slope[k]) : slope[k];
        mean[k] += (1 - FIRST) * (g - mean[k]);
        square[k] = SECOND * square[k] + (1 - SECOND) * g * g;
        x[k] -= (step * mean[k]) / (unbias * Math.sqrt(square[k]) + TINY);
      }
      if (box) for (let k = 0; k < box.entries; k++) x[k] = Math.min(box.high, Math.max(box.low, x[k]));
      memory.iteration++;
      Object.assign(memory, objective(x));
      return 'iteration';
    },
  };
}
