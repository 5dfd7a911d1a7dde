import { fromRows, row } from '../../math/matrix';
import type { AveragedGradient, Mlp } from '../../types';
import type { KnownSample } from '../evidence/knownSample';
import { relativeRemainder, remainderLimit } from '../evidence/remainder';
import { batchSizeFrom } from '../evidence/weights';
import { refine } from '../fit/refine';
import { replayLimit } from '../fit/replayResidual';
import type { ExanFinding } from '../rays/exanAttack';
import { type Settled, settleScale } from '../rays/settleScale';
import type { Reconstruction, RecoveredSample, Status } from '../result';
import { exclusiveCounts } from './exclusiveCounts';

/** Turns the attack's finding into the answer: who was found, who was not and why, and whether it all fits. */
export function describe(
  model: Mlp,
  gradient: AveragedGradient,
  { samples, left, systems }: ExanFinding,
  noise: number,
  scale: 'solve' | 'paper',
): Omit<Reconstruction, 'seconds'> {
  const rest = relativeRemainder(left, 0);
  const explained = samples.length > 0 && rest <= remainderLimit(noise) && samples.every((s) => s.level === 0);
  const open = samples.some((s) => s.weight === null);
  const assumed = gradient.reduction === 'sum' ? 1 : 1 / Math.max(samples.length, 1);
  const weights = samples.map((s) => s.weight ?? assumed);
  const { size, copies, reduction } = batchSizeFrom(weights, explained, gradient.reduction);
  const counts = exclusiveCounts(model, samples, left);
  const twoClasses = model.widths.at(-1) === 2;
  const settled = (sample: KnownSample, weight: number): Settled => {
    const result = settleScale(model, sample, weight, scale);
    return twoClasses && !explained && result.status === 'exact'
      ? { ...result, status: 'estimate', reason: setsLookAlike }
      : result;
  };
  const found = samples.flatMap((sample, m): RecoveredSample[] => {
    const common = { how: 'exan' as const, label: sample.label, exans: counts[m] };
    const one: RecoveredSample =
      sample.level === 0
        ? { ...common, ...settled(sample, weights[m]) }
        : { ...common, status: 'not-recovered', reason: stuck(sample.level) };
    return new Array<RecoveredSample>(copies[m]).fill(one);
  });
  const knownSize = open && !explained ? null : size;
  const missing = Math.max(0, (knownSize ?? found.length) - found.length);
  const all = [...found, ...new Array<RecoveredSample>(missing).fill(unseen(model))];
  const common = {
    method: 'exan' as const,
    batchSize: knownSize,
    samples: all,
    noise,
    systems,
    reduction,
    backend: 'typed arrays, float64',
  };

  if (!explained || missing > 0) {
    const exact = all.filter((s) => s.status === 'exact').length;
    const status: Status = exact > 0 ? 'partial' : 'not-unique';
    const reason = `exclusive neurons give ${exact} of ${knownSize ?? 'an unknown number of'} samples; ${(rest * 100).toPrecision(2)} % of the gradient is left`;
    return { ...common, status, reason, residual: rest, layer: Math.max(0, ...samples.map((s) => s.level)) };
  }
  if (all.some((s) => s.status !== 'exact'))
    return {
      ...common,
      status: 'not-unique',
      residual: rest,
      reason: 'every sample is known up to its length; see the samples',
    };
  const inputs = fromRows(all.map((s) => s.input as Float64Array));
  const batch = { inputs, labels: Int32Array.from(all, (s) => s.label as number) };
  // With one hidden layer each sample was taken away whole, straight from its own forward pass: what is left is the replay,
  // but for the weights, which were fitted and must be 1/M.
  const share = reduction === 'mean' ? 1 / all.length : 1;
  const drift = Math.max(...weights.map((w, m) => Math.abs(w / (share * copies[m]) - 1)));
  const limit = replayLimit(noise);
  const whole = model.dense.length === 2 && rest + drift <= limit;
  const refined = whole
    ? { batch, residual: rest + drift }
    : refine(model, gradient, batch, { reduction, goal: limit });
  const { residual } = refined;
  const inputsFound = refined.batch.inputs;
  const settledSamples = all.map((s, m): RecoveredSample => ({ ...s, input: row(inputsFound, m) }));
  if (residual <= limit) {
    const reason = `${all.length} samples found by exclusive neurons give the gradient to ${residual.toExponential(1)}`;
    return { ...common, samples: settledSamples, status: 'exact', residual, reason };
  }
  const reason = `together the samples give the gradient to ${residual.toExponential(1)} only, its noise allows ${limit.toExponential(1)}`;
  const doubted = settledSamples.map((s): RecoveredSample => ({ ...s, status: 'estimate', reason }));
  return { ...common, samples: doubted, status: 'partial', residual, reason };
}

const setsLookAlike =
  'with two classes the average of several samples can look like one; only a whole batch is certain, and part of this one is missing';

function stuck(level: number): string {
  return `known from layer ${level} up only: layer ${level - 1} has no neuron that it alone activates, and its deltas there depend on those of others`;
}

function unseen(model: Mlp): RecoveredSample {
  const layers = model.dense.length - 1;
  return {
    status: 'not-recovered',
    exans: new Array<number>(layers).fill(0),
    reason: `no neuron of ReLU layer ${layers - 1} that it alone activates could be told apart (the attack needs 2 there, and 1 in each layer below)`,
  };
}
