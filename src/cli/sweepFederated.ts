import { join } from 'node:path';
import { type CommandUnknownOpts, InvalidArgumentError } from '@commander-js/extra-typings';
import { makeFolder, writeAtomically } from '../data/files';
import { federatedSettings } from '../experiments/federatedSettings';
import { commandWithCase, seedsFrom, setupFrom } from './cases';
import { count, list, numbers, print } from './options';
import { align } from './table';
import { printProgress } from './watchTerminal';

/** `exan sweep federated`: what each attack still finds in the update of several local steps and several clients. */
export const sweepFederated: CommandUnknownOpts = commandWithCase(
  'federated',
  'what each attack still finds in FedAvg updates: several local steps, several clients',
)
  .option('--seeds <n>', 'batches, drawn from the seed on', count, 3)
  .addOption(list('--steps <n,…>', 'local steps of a client', [1, 2, 5]))
  .addOption(list('--clients <n,…>', 'clients averaged over', [1, 2]))
  .option('--rate <x>', 'learning rate of a local step', rate, 0.1)
  .option('--out <folder>', 'gets federated.json', join('out', 'federated'))
  .action(async (values) => {
    const { model, dataset } = await setupFrom(values);
    makeFolder('exan sweep federated', values.out);
    const settings = values.steps.flatMap((localSteps) =>
      values.clients.map((clients) => ({ localSteps, rate: values.rate, clients })),
    );
    const rows = await federatedSettings(model, dataset, settings, {
      size: values.size,
      seeds: seedsFrom(values),
      onProgress: printProgress,
    });
    writeAtomically(join(values.out, 'federated.json'), JSON.stringify(rows, null, 1));
    if (values.json) return print(`${JSON.stringify({ rows })}\n`);
    const percent = (v: { mean: number }): string => `${(v.mean * 100).toFixed(0)} %`;
    const lines = rows.map((r) => [
      String(r.localSteps),
      String(r.clients),
      r.attack,
      percent(r.visible),
      percent(r.exact),
    ]);
    print(`${align([['steps', 'clients', 'attack', 'visible', 'MSE <= 1e-6'], ...lines]).join('\n')}\n`);
  });

function rate(text: string): number {
  const [value = Number.NaN, ...more] = numbers(text);
  if (!(value > 0) || more.length > 0) throw new InvalidArgumentError('Expected a number above 0.');
  return value;
}
