import type { AveragedGradient } from '../../types';
import type { Reconstruction, RecoveredSample } from '../result';
import type { PursuitResult } from './pursue';

/** A pursuit's result in the shape that all reconstructions share; equal samples are listed as often as they occur. */
export function asReconstruction(result: PursuitResult, { reduction }: AveragedGradient): Reconstruction {
  const exact = result.samples.flatMap(({ input, label, copies }) =>
    Array.from(
      { length: copies },
      (): RecoveredSample => ({ status: 'exact', how: 'pursuit', label, input, exans: [] }),
    ),
  );
  const located = Array.from({ length: result.rank }, (_, m): RecoveredSample => {
    const label = result.labels[m];
    return {
      status: 'not-recovered',
      how: 'pursuit',
      ...(typeof label === 'number' ? { label } : {}),
      exans: [],
      reason: m < result.labels.length ? 'located, but its input needs the rest of the batch too' : 'not located',
    };
  });
  return {
    status: result.status,
    method: 'pursuit',
    batchSize: result.status === 'exact' || result.status === 'partial' ? result.batchSize : null,
    samples: result.complete ? exact : result.status === 'partial' ? located : [],
    reason: result.reason,
    noise: result.noise,
    residual: result.residual,
    systems: result.systems,
    reduction,
    seconds: result.seconds,
    backend: result.backend,
  };
}
