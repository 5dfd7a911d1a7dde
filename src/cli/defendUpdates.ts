import { join } from 'node:path';
import type { Dataset } from '../data';
import { writeAtomically } from '../data/files';
import { type Defence, defence } from '../defences';
import {
  type FederatedDefenceRow,
  type FederatedDefencesOptions,
  federatedDefences,
} from '../experiments/federatedDefences';
import { mlp } from '../model/mlp';
import { align } from '../report/align';
import { print } from './options';
import { printProgress } from './watchTerminal';

/** What clients of several local steps, and their server, can do: several clients, momentum, compression, clipping and noise. */
function defencesOf(pool: Dataset): Defence[] {
  return [
    ...[2, 4, 8, 32].map((clients) => defence.secureAggregation(clients, pool)),
    defence.serverMomentum(0.9, pool),
    defence.maskFirstLayer(0.5),
    ...[0.5, 0.9, 0.99].map(defence.prune),
    ...(['fp16', 'int8', 'sign'] as const).map(defence.quantise),
    ...[0, 1e-6, 1e-4, 1e-3, 1e-2].map((noise) => defence.clipUpdate(noise, 0.1)),
  ];
}

/** The table of what each defence leaves to the attack on an update of several local steps, and its rows as JSON. */
export async function defendUpdates(
  dataset: Dataset,
  widths: readonly number[],
  { out, json, ...options }: FederatedDefencesOptions & { readonly out: string; readonly json?: true | undefined },
): Promise<void> {
  const rows = await federatedDefences((seed) => mlp({ widths, seed }), dataset, defencesOf(dataset), {
    ...options,
    onProgress: printProgress(),
  });
  writeAtomically(join(out, 'defences.json'), JSON.stringify(rows, null, 1));
  if (json) return print(`${JSON.stringify({ rows })}\n`);
  print(`${align(table(rows)).join('\n')}\n\n${join(out, 'defences.json')}\n`);
}

function table(rows: readonly FederatedDefenceRow[]): string[][] {
  const titles = [
    'defence',
    'strength',
    'seed',
    'samples',
    'status',
    'exact',
    'false',
    'recovered',
    'labels',
    'visible',
  ];
  return [
    [...titles, 'worst PSNR', 'seconds'],
    ...rows.map((r) => [
      ...[r.defence, r.strength, r.seed, r.samples, r.status, r.exact, r.false, r.recovered, r.labels, r.visible].map(
        String,
      ),
      ...[r.psnr === null ? '-' : r.psnr.toFixed(0), r.took.toFixed(1)],
    ]),
  ];
}
