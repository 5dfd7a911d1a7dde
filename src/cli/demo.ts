import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { exclusivityState } from '../exclusivity/exclusivityState';
import { securityBoundary } from '../exclusivity/securityBoundary';
import { captureGradient } from '../gradient/captureGradient';
import { reconstructAsync } from '../reconstruction/reconstructAsync';
import { hasInput } from '../reconstruction/result';
import { recoveredOrNone } from '../report/finding';
import { reportOf } from '../report/report';
import { reportText } from '../report/reportText';
import { score } from '../verification/certificate/score';
import { caseFrom, commandWithCase } from './cases';
import { count, print, workers } from './options';
import { watchTerminal } from './watchTerminal';

/** `exan demo`: draws a batch, captures its gradient, attacks it and compares with the truth. */
export const demo: CommandUnknownOpts = commandWithCase(
  'demo',
  'draw a batch, capture its gradient, attack it, compare with the truth',
)
  .option('--seconds <n>', 'limit of the search', count, 60)
  .addOption(workers())
  .action(async (values) => {
    const { model, secret } = await caseFrom(values);
    const gradient = captureGradient(model, secret);
    const { seconds } = values;
    const found = await reconstructAsync(model, gradient, { ...watchTerminal(), seconds, workers: values.workers });
    const report = reportOf(model, gradient, found);
    const batch = recoveredOrNone(found);
    const compared = batch ? score(batch, secret) : null;
    const truth = { boundary: securityBoundary(exclusivityState(model, secret)), score: compared };
    if (values.json) return print(`${JSON.stringify({ ...report, truth })}\n`);
    // pairs follow the order of the recovered samples
    const withInput = found.samples.flatMap((s, m) => (hasInput(s) ? [m] : []));
    const pairOf = (m: number) => compared?.pairs.find((p) => p.found === withInput.indexOf(m));
    const columnOf = (cell: (m: number) => string | undefined): string[] => found.samples.map((_, m) => cell(m) ?? '-');
    const columns = {
      'true label': columnOf((m) => secret.labels[pairOf(m)?.truth ?? -1]?.toString()),
      MSE: columnOf((m) => pairOf(m)?.mse.toExponential(1)),
    };
    print(reportText(report, columns));
  });
