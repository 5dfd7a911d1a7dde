import { groupedBy } from '../math/groupedBy';
import type { BoundaryPoint, BoundaryTrial, GateOutcome } from './boundaryTrial';

/** Up to which batch size the values behind a gate follow, in one network. */
export interface BoundaryRow extends Pick<BoundaryPoint, 'data' | 'side' | 'channels' | 'head' | 'init'> {
  /** 'head', 'block n' (1 is the lowest) or 'pictures' */
  readonly gate: string;
  /** by counting */
  readonly counting: number;
  /** the largest size tried for which the condition of the systems lets them be known from float32 in at least half of the trials; 0: none */
  readonly conditioning: number;
  /** the same for the attack, which had all of them right; null where it was not asked in every trial */
  readonly experiment: number | null;
  /** largest size tried */
  readonly tried: number;
}

/**
 * The trials of a {@link convolutionalBoundary} as a table: for each network and gate the largest batch by counting, by conditioning and
 * by experiment. A block counts as passed when all of its convolutions are.
 *
 * @example
 * const trials = await convolutionalBoundary(digits, {
 *   channels: [[24]], sides: [7], inits: ['he'], sizes: [1, 8], seeds: [1], head: [64],
 * });
 * largestBatches(trials).map(({ gate, counting }) => [gate, counting]);  // => [['head', 31], ['block 1', 3], ['pictures', 31]]
 */
export function largestBatches(trials: readonly BoundaryTrial[]): BoundaryRow[] {
  const keyOf = ({ data, side, channels, head, init }: BoundaryTrial): string =>
    JSON.stringify([data, side, channels, head, init]);
  return groupedBy(trials, keyOf).flatMap((own) => {
    const [{ data, side, channels, head, init, gates }] = own;
    const names = [...new Set(gates.map(({ gate }) => gate))];
    return names.map((gate) => ({ data, side, channels, head, init, gate, ...ofGate(own, gate) }));
  });
}

function ofGate(
  trials: readonly BoundaryTrial[],
  gate: string,
): Pick<BoundaryRow, 'counting' | 'conditioning' | 'experiment' | 'tried'> {
  const outcomes = trials.map(({ size, gates }) => ({ size, gates: gates.filter((g) => g.gate === gate) }));
  const sizes = [...new Set(trials.map(({ size }) => size))];
  const most = (holds: (g: GateOutcome) => boolean): number =>
    Math.max(
      0,
      ...sizes.filter((size) => {
        const own = outcomes.filter((o) => o.size === size);
        return 2 * own.filter((o) => o.gates.every(holds)).length >= own.length;
      }),
    );
  const all = outcomes.flatMap((o) => o.gates);
  return {
    counting: Math.min(...all.map((g) => g.largest)),
    conditioning: most((g) => g.conditioned),
    experiment: all.some((g) => g.right === null) ? null : most((g) => g.right === true),
    tried: Math.max(...sizes),
  };
}
