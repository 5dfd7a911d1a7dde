import { join } from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { check } from '../check';
import { makeFolder, writeAtomically } from '../data/files';
import { type DefenceRow, evaluateDefences } from '../experiments/evaluateDefences';
import { usualDefences } from '../experiments/usualDefences';
import { align } from '../report/align';
import { privacyUtility } from '../viz/privacyUtility';
import { commandWithCase, seedsFrom, setupFrom } from './cases';
import { defendConvolutions } from './defendConvolutions';
import { defendUpdates } from './defendUpdates';
import { count, positive, print } from './options';
import { initOption, networkOption, sideOption } from './pictures';
import { saveFigure } from './saveFigure';
import { epochsOption, miniBatchOption, precisionOption, rateOption, trainingFrom } from './training';
import { printProgress } from './watchTerminal';

/** `exan defend --evaluate`: the table defences x attacks, as JSON beside a privacy/utility picture. */
export const defend: CommandUnknownOpts = commandWithCase(
  'defend',
  "the defences that people use, and the paper's, against each attack: exposure, samples recovered, accuracy",
)
  .requiredOption('--evaluate', 'evaluate them')
  .option('--seeds <n>', 'batches, drawn from the seed on', count, 3)
  .option('--steps <n>', 'of training with each defence; 0 leaves accuracy out', count, 40)
  .addOption(networkOption().conflicts(['widths', 'steps']))
  .addOption(initOption())
  .addOption(sideOption())
  .addOption(epochsOption().conflicts(['network', 'steps']))
  .addOption(rateOption())
  .addOption(miniBatchOption())
  .addOption(precisionOption())
  .option('--seconds <n>', 'time for one attack: 60 on a network with convolutions, 10 on an update', positive)
  .option('--out <folder>', 'gets defences.json and the picture', join('out', 'defences'))
  .action(async (values) => {
    const { size, steps, out, network, seconds } = values;
    const training = trainingFrom('exan defend', values);
    makeFolder('exan defend', out);
    if (network !== undefined)
      return defendConvolutions({
        ...{ ...values, network, data: values.data },
        ...{ seeds: seedsFrom(values), seconds: values.seconds ?? 60 },
      });
    check(
      [values.init, values.side, training ? undefined : seconds].every((v) => v === undefined),
      () => 'exan: --init, --side and --seconds are of networks with convolutions, expected --network with them',
    );
    const { model, dataset } = await setupFrom(values);
    if (training)
      return defendUpdates(dataset, model.widths, {
        ...{ training, size, seeds: seedsFrom(values), out, json: values.json },
        ...(seconds !== undefined && { seconds }),
      });
    const rows = await evaluateDefences(model, dataset, usualDefences(dataset), {
      size,
      seeds: seedsFrom(values),
      training: steps > 0 ? { steps } : false,
      onProgress: printProgress(),
    });
    writeAtomically(join(out, 'defences.json'), JSON.stringify(rows, null, 1));
    const picture = steps > 0 ? `${saveFigure(out, 'defences', privacyUtility(rows))}\n` : '';
    if (values.json) return print(`${JSON.stringify({ rows })}\n`);
    print(`${defenceLines(rows).join('\n')}\n${join(out, 'defences.json')}\n${picture}`);
  });

const aboutBound =
  'bound: the largest probability with which anyone, not only these attacks, reads a sample from one such gradient that could be guessed without with 0.001';

/** The table, and what its last column means. */
export function defenceLines(rows: readonly DefenceRow[]): string[] {
  return [...align(table(rows)), '', aboutBound];
}

function table(rows: readonly DefenceRow[]): string[][] {
  const percent = (v: { mean: number } | null): string => (v ? `${(v.mean * 100).toFixed(0)} %` : '-');
  const attacks = rows[0]?.attacks.map((a) => a.attack) ?? [];
  return [
    ['defence', 'strength', ...attacks.flatMap((a) => [`${a}: exact`, 'visible']), 'accuracy', 'epsilon', 'bound'],
    ...rows.map((r) => [
      r.defence,
      String(r.strength),
      ...r.attacks.flatMap((a) => [percent(a.exact), percent(a.visible)]),
      percent(r.accuracy),
      r.epsilon === null ? '-' : r.epsilon.toPrecision(3),
      r.bound === null ? '-' : r.bound.toPrecision(2),
    ]),
  ];
}
