import { availableParallelism } from 'node:os';
import { exclusivityState } from '../exclusivity/exclusivityState';
import { securityBoundary } from '../exclusivity/securityBoundary';
import { captureGradient } from '../gradient/captureGradient';
import { reconstructAsync } from '../reconstruction/reconstruct';
import { hasInput } from '../reconstruction/result';
import { score } from '../verification/certificate/score';
import { count, parse } from './arguments';
import { caseFrom, caseOptions } from './cases';
import { type Report, recoveredOrNone, reportOf } from './report';
import { reportText } from './reportText';
import { watchTerminal } from './watchTerminal';

/**
 * `exan demo`: draws a batch, captures its gradient, attacks it and compares with the truth.
 *
 * @throws InputError for options that do not fit together
 */
export async function demo(args: readonly string[]): Promise<{ report: Report; text: string }> {
  const values = parse('demo', args, { ...caseOptions, seconds: 'string', workers: 'string', json: 'boolean' });
  const { model, secret } = await caseFrom(values);
  const gradient = captureGradient(model, secret);
  const found = await reconstructAsync(model, gradient, {
    ...watchTerminal(),
    seconds: count(values, 'seconds', 60),
    workers: count(values, 'workers', availableParallelism()),
  });
  const report = reportOf(model, gradient, found);
  const batch = recoveredOrNone(found);
  const compared = batch ? score(batch, secret) : null;
  const truth = { boundary: securityBoundary(exclusivityState(model, secret)), score: compared };
  if (values.json) return { report, text: `${JSON.stringify({ ...report, truth })}\n` };
  // pairs follow the order of the recovered samples
  const withInput = found.samples.flatMap((s, m) => (hasInput(s) ? [m] : []));
  const pairOf = (m: number) => compared?.pairs.find((p) => p.found === withInput.indexOf(m));
  const columnOf = (cell: (m: number) => string | undefined): string[] => found.samples.map((_, m) => cell(m) ?? '-');
  const columns = {
    'true label': columnOf((m) => secret.labels[pairOf(m)?.truth ?? -1]?.toString()),
    MSE: columnOf((m) => pairOf(m)?.mse.toExponential(1)),
  };
  return { report, text: reportText(report, columns) };
}
