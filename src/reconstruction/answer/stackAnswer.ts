import { row } from '../../math/matrix';
import type { FoundSample, LostSample, Reconstruction, RecoveredSample, StackFinding } from '../result';
import type { ThroughStack } from '../stack/throughStack';
import { stackDoubts } from './accept';
import { within } from './answer';

/** The head's answer when the stack below it was not entered: labels are known, inputs are not. */
export function headOnly(head: Reconstruction, why: string): Reconstruction {
  const all: readonly RecoveredSample[] = head.samples;
  const finding: StackFinding = { steps: [], level: -1, stopped: why, lastHop: null };
  const samples = all.map((s) => lost(s, why));
  const status = samples.length > 0 ? 'partial' : head.status === 'inconsistent' ? 'inconsistent' : 'not-unique';
  return { ...head, status, samples, stack: finding, reason: `${why}; of the head: ${head.reason}` };
}

/** The answer for the whole network: exact when the replay of the whole gradient says so, else what is known of each sample. */
export function stackAnswer(head: Reconstruction, known: readonly FoundSample[], below: ThroughStack): Reconstruction {
  const { finding, inputs, errors, agreement } = below;
  if (!inputs) return { ...headOnly(head, finding.stopped ?? 'the last hop was not tried'), stack: finding };
  const why = stackDoubts(head, below);
  const common = { ...head, stack: finding, residual: agreement?.residual ?? 1 };
  if (why === null && agreement && head.batchSize !== null) {
    const samples = known.map((s, m) => ({
      ...carried(s),
      status: 'exact' as const,
      input: row(inputs, m).slice(),
      error: errors[m],
    }));
    const reason = `${known.length} samples replay the whole gradient, convolutions included, to its noise, residual ${agreement.residual.toExponential(1)}`;
    return { ...common, status: 'exact', batchSize: head.batchSize, samples, reason };
  }
  const wider = !agreement || agreement.holds ? 1 : Math.sqrt(Math.max(1, agreement.worst));
  const samples = known.map((s, m): RecoveredSample => {
    const own = { ...carried(s), input: row(inputs, m).slice() };
    const error = errors[m] * wider;
    if (error < Number.POSITIVE_INFINITY) return { ...own, status: 'approximate', error, reason: within(error) };
    return { ...own, status: 'estimate', spread: Number.POSITIVE_INFINITY, reason: unsolved(finding) };
  });
  const reason = `the head's samples were found, none is called exact: ${why}`;
  if (samples.every((s) => s.status === 'approximate')) return { ...common, status: 'approximate', samples, reason };
  return { ...common, status: 'partial', samples, reason };
}

function unsolved({ stopped, lastHop }: StackFinding): string {
  const counts = lastHop ? ` (${lastHop.equations} equations for ${lastHop.unknowns} unknowns)` : '';
  return `the last hop from features to the input found no solution, or more than one${counts}; the way down had ended because ${stopped}`;
}

function carried({ how, label, exans }: FoundSample): Pick<FoundSample, 'how' | 'label' | 'exans'> {
  return { how, label, exans };
}

function lost(s: RecoveredSample, reason: string): LostSample {
  const { how, label, exans } = s;
  return { status: 'not-recovered', ...(how && { how }), ...(label !== undefined && { label }), exans, reason };
}
