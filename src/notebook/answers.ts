import { hasInput, notSafe, type Reconstruction, recovered } from '../reconstruction/result';
import type { Batch } from '../types';
import type { Certificate } from '../verification/certificate/certify';
import { matchBatches } from '../verification/certificate/matchBatches';
import type { Score } from '../verification/certificate/score';
import type { ConvExposure } from '../verification/identifiability/convExposure';
import type { Exposure } from '../verification/identifiability/exposure';
import type { UpdateExposure } from '../verification/identifiability/updateExposure';
import { formatValue } from './formatValue';
import type { ShowOptions } from './knownBundle';
import { type Bundle, type TableRow, table } from './table';

// Everywhere `sample` is a sample's number in the true batch and `found` its number in an attack's answer: a gradient has no order.

/** A proof: one line that can be quoted, and a row for each layer. */
export function certificateBundle({ verdict, residual, worstRow, layers }: Certificate): Bundle {
  const worst = `worst row at ${formatValue(worstRow)} standard deviations of the arithmetic (6 allowed)`;
  return table(layers, `certificate ${verdict}: residual ${formatValue(residual)}, ${worst}`);
}

/** What was found: the status and its reason, a row for each sample, numbered by the attack or, where the truth is given, as that is. */
export function reconstructionBundle(found: Reconstruction, { truth, rows }: ShowOptions): Bundle {
  const size = found.batchSize === null ? 'unknown batch size' : `${found.batchSize} samples`;
  const end = found.status === 'exact' ? '' : `; ${notSafe}`;
  const caption = `${found.status} by ${found.method}, ${size}, residual ${formatValue(found.residual)}: ${found.reason}${end}`;
  const rest = found.samples.map((s) => ({
    label: s.label,
    status: s.status,
    ExANs: s.exans,
    why: 'reason' in s ? s.reason : s.how,
  }));
  if (!truth)
    return firstOf(
      rest.map((line, k) => ({ found: k, ...line })),
      rows,
      caption,
    );
  const numbers = numbersIn(found, truth);
  const order = [...rest.keys()].sort((a, b) => (numbers[a] ?? rest.length + a) - (numbers[b] ?? rest.length + b));
  return firstOf(
    order.map((k) => ({ sample: numbers[k] ?? '?', found: k, ...rest[k] })),
    rows,
    caption,
  );
}

/** For each sample of an answer the number of the true one that it is matched with. */
function numbersIn(found: Reconstruction, truth: Batch): (number | undefined)[] {
  const numbers = new Array<number | undefined>(found.samples.length).fill(undefined);
  const known = [...found.samples].flatMap((s, k) => (hasInput(s) ? [k] : []));
  if (known.length > 0)
    for (const pair of matchBatches(recovered(found), truth)) numbers[known[pair.found] ?? -1] = pair.truth;
  return numbers;
}

/** A comparison with the truth: how much of it was found, a row for each pair in the order of the true batch. */
export function scoreBundle({ pairs, mse, labelAccuracy, coverage }: Score, { rows }: ShowOptions): Bundle {
  const share = (of: number): string => `${formatValue(100 * of)} %`;
  const errors = `MSE at most ${formatValue(mse.max)}, mean ${formatValue(mse.mean)}`;
  const caption = `${share(coverage)} of the samples have a partner, ${share(labelAccuracy)} of the labels are right, ${errors}`;
  const lines = [...pairs].sort((a, b) => a.truth - b.truth);
  return firstOf(
    lines.map(({ truth, found, labelMatches, mse, psnr, ssim }) => ({
      ...{ sample: truth, found, label: labelMatches ? 'right' : 'wrong', MSE: mse, 'PSNR, dB': psnr },
      ...(ssim !== undefined && { SSIM: ssim }),
    })),
    rows,
    caption,
  );
}

/** What a gradient or an update would give away: how many samples have each verdict, a row for each of them. */
export function exposureBundle(exposed: Exposure | UpdateExposure, { rows }: ShowOptions): Bundle {
  const counts = Object.entries(exposed.counts).map(([verdict, n]) => `${n} ${verdict}`);
  const more = 'summary' in exposed ? `: ${exposed.summary}` : '';
  const lines = exposed.samples.map(({ verdict, exans, reason }, sample) => ({
    sample,
    verdict,
    ExANs: exans,
    reason,
  }));
  return firstOf(lines, rows, `exposure: ${counts.join(', ')}${more}`);
}

/** What a network with convolutions would give away: a row for each gate that an attack meets. */
export function convExposureBundle({ size, exposed, gates, note }: ConvExposure): Bundle {
  return table(
    gates.map(({ gate, open, reason }) => ({ gate, open: open ? 'open' : 'closed', reason })),
    `inputs of ${size} samples ${exposed ? 'follow' : 'do not follow'}; ${note}`,
  );
}

/** The first rows, and how many there are beyond. */
function firstOf(lines: readonly TableRow[], most: number | undefined, caption: string): Bundle {
  const left = lines.length - (most ?? lines.length);
  return table(lines.slice(0, most), left > 0 ? `${caption} (${left} more rows: show(…) has them)` : caption);
}
