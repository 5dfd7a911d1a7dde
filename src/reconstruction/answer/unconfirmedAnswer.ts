import { row } from '../../math/matrix';
import type { Pursued } from '../columns/pursue';
import type { TopFeatures } from '../columns/topFeatures';
import type { Evidence } from '../evidence/evidence';
import type { EstimatedSample } from '../result';
import type { Answer } from './answer';
import { exansOf } from './exansOf';

/** The answer when the columns of all samples were found, but the client withheld neurons that a replay would need. */
export function unconfirmedAnswer(evidence: Evidence, { rank, reason }: Pursued, alone: TopFeatures): Answer {
  const inputs = Array.from(alone.labels, (_, m) => row(alone.features, m).slice());
  const counts = exansOf(evidence.model, inputs);
  return {
    status: 'partial',
    method: 'pursuit',
    batchSize: rank,
    samples: inputs.map((input, m): EstimatedSample => {
      const why = 'it follows from the neurons that the client shares; no replay can confirm it';
      return { status: 'estimate', how: 'pursuit', label: alone.labels[m], input, exans: counts[m], reason: why };
    }),
    reason,
    noise: evidence.misfit,
    residual: 1,
    systems: [{ layer: 0, rank: alone.labels.length, condition: alone.condition }],
    reduction: evidence.gradient.reduction,
    scale: null,
  };
}
