import { type LossColumn, labelOf } from './polish';

/**
 * Whether a polished column can be a sample's: more zeros than any q can be given, no more misfit than the noise
 * explains, and a loss vector (one odd sign, sum zero) on its active neurons.
 */
export function acceptable({ g, surplus, misfit, expected }: LossColumn): boolean {
  const limit = Math.min(1e-2, 1e-10 + 20 * expected);
  return surplus >= 4 && misfit < limit && labelOf(g, 0.02 + 10 * limit) !== null;
}
