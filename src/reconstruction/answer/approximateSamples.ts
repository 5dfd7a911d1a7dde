import type { Mlp } from '../../types';
import type { Share } from '../evidence/share';
import type { Method, RecoveredSample } from '../result';
import { ownNeurons } from './ownNeurons';

/** Samples known within error bars, as an answer lists them. */
export function approximateSamples(model: Mlp, shares: readonly Share[], how: Method): RecoveredSample[] {
  const counts = ownNeurons(
    model,
    shares.map((s) => s.input),
  );
  return shares.map(({ input, label, error }, m) => ({
    status: 'approximate',
    how,
    label,
    input,
    error,
    exans: counts[m],
    reason: `true within about ${error.toExponential(1)} (root mean square per entry), by the gradient's own noise`,
  }));
}
