import type { AveragedGradient, Mlp } from '../../types';
import type { Searching } from '../columns/findColumns';
import { type PursueOptions, type PursuitResult, pursuing } from '../columns/pursue';
import type { Reconstruction, RecoveredSample } from '../result';
import { ownNeurons } from './ownNeurons';

/** Options of {@link pursueRest}. */
export type PursueRestOptions = Omit<PursueOptions, 'seeds'>;

/**
 * Pattern pursuit for what the ExAN attack left: samples found by exclusive neurons are given, the rest is searched.
 * A complete result replaces the first one; otherwise that stands, with what the search learnt about the batch.
 */
export function* pursueRest(
  model: Mlp,
  gradient: AveragedGradient,
  first: Omit<Reconstruction, 'seconds'>,
  options: PursueRestOptions,
): Searching<Omit<Reconstruction, 'seconds'>> {
  const exact = first.samples.filter((s) => s.status === 'exact');
  const seeds = exact.map((s) => ({ input: s.input as Float64Array, label: s.label as number }));
  const found = yield* pursuing(model, gradient, { ...options, seeds });
  const { noise, systems, residual, backend } = found;
  if (!found.complete) return { ...withUnfound(first, found), method: 'exan+pursuit', backend };
  const samples = found.samples.flatMap(({ copies, ...s }) => new Array<typeof s>(copies).fill(s));
  const counts = ownNeurons(
    model,
    samples.map((s) => s.input),
  );
  const known = (input: Float64Array): boolean => seeds.some((s) => near(s.input, input));
  return {
    status: 'exact',
    method: exact.length > 0 ? 'exan+pursuit' : 'pursuit',
    batchSize: samples.length,
    samples: samples.map(({ input, label }, m): RecoveredSample => {
      const how = known(input) ? 'exan' : 'pursuit';
      return { status: 'exact', how, label, input, exans: counts[m] };
    }),
    reason: found.reason,
    noise,
    residual,
    systems,
    reduction: first.reduction,
    backend,
  };
}

/** The first answer, with the batch size that the rank shows and the labels of columns found without their inputs. */
function withUnfound(first: Omit<Reconstruction, 'seconds'>, found: PursuitResult): Omit<Reconstruction, 'seconds'> {
  const exact = first.samples.filter((s) => s.status === 'exact');
  const size = first.batchSize ?? (found.labels.length > 0 ? found.batchSize : null);
  const reason = `${first.reason}; pattern pursuit: ${found.reason}`;
  if (size === null) return { ...first, reason };
  const layers = first.samples[0]?.exans.length ?? 0;
  const others = first.samples.filter((s) => s.status !== 'exact');
  const located = withoutEach(
    found.labels,
    exact.map((s) => s.label),
  );
  const missing = Array.from({ length: Math.max(0, size - exact.length) }, (_, m): RecoveredSample => {
    const before = others[m];
    if (before) return before;
    const sample = { status: 'not-recovered', exans: new Array<number>(layers).fill(0) } as const;
    if (m >= located.length) return { ...sample, reason: found.reason };
    const label = located[m];
    const why = 'located, but its input needs all other samples to be located too';
    return { ...sample, how: 'pursuit', ...(typeof label === 'number' ? { label } : {}), reason: why };
  });
  const status = located.length > 0 ? 'partial' : first.status;
  return { ...first, status, batchSize: size, samples: [...exact, ...missing], reason };
}

/** The list without one occurrence of each of the others, or of null where K = 2 leaves a label open. */
function withoutEach(list: readonly (number | null)[], others: readonly (number | undefined)[]): (number | null)[] {
  const left = [...list];
  for (const other of others) {
    const at = left.indexOf(other ?? null);
    const gone = at < 0 ? left.indexOf(null) : at;
    if (gone >= 0) left.splice(gone, 1);
  }
  return left;
}

function near(a: Float64Array, b: Float64Array): boolean {
  let misfit = 0;
  let size = 0;
  for (let k = 0; k < a.length; k++) {
    misfit += (a[k] - b[k]) ** 2;
    size += a[k] ** 2;
  }
  return misfit <= 1e-6 * size;
}
