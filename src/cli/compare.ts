import { join } from 'node:path';
import { type Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { makeFolder, writeAtomically } from '../data/files';
import { attackComparison } from '../experiments/attackComparison';
import { type ComparedOutcome, summedUp } from '../experiments/comparedOutcome';
import type { ContestRow } from '../experiments/contest';
import { type ContestantName, contestants } from '../experiments/contestants';
import { align } from '../report/align';
import type { Precision } from '../types';
import { attackHistory, attackComparison as figureOf } from '../viz/attackComparison';
import { seedsFrom, sourceOf } from './cases';
import { dataOption } from './dataSource';
import { commandWithJson, count, list, numbers, positive, print, someOf } from './options';
import { saveFigure } from './saveFigure';
import { precisionOption } from './training';
import { printProgress, watchTerminal } from './watchTerminal';

const names = Object.keys(contestants) as ContestantName[];

/** Which attacks on which batches (a type, since commander asks for one). */
export type ContestValues = {
  readonly data: string;
  /** M, each of them */
  readonly size: readonly number[];
  readonly widths?: readonly number[] | undefined;
  readonly attacks: readonly ContestantName[];
  /** seconds of each attack on each batch */
  readonly budget: number;
  readonly seeds: number;
  readonly seed: number;
  readonly precision: Precision;
  readonly json?: true | undefined;
};

/** A command that compares attacks. */
export function commandWithContest(name: string, description: string): Command<[], ContestValues> {
  return commandWithJson(name, description)
    .addOption(dataOption(['gaussian', 'uniform']))
    .addOption(list('--size <n,…>', 'samples in the batch', [1, 8]))
    .option('--widths <n,…>', 'the network, inputs first, classes last (default: inputs,512,classes)', numbers)
    .addOption(
      new Option('--attacks <name,…>', `of ${names.join(', ')}`)
        .argParser(someOf(names, 'attack'))
        .default<readonly ContestantName[]>(names, 'all'),
    )
    .option('--budget <seconds>', 'for each attack on each batch', positive, 60)
    .option('--seeds <n>', 'networks and batches, from the seed on', count, 3)
    .option('--seed <n>', 'the first one', count, 1)
    .addOption(precisionOption().default<Precision>('float64'));
}

/** `exan compare`: ours and its rivals on the same batches, with the same time on one thread. */
export const compare: CommandUnknownOpts = commandWithContest(
  'compare',
  'attacks on the same batches, each with the same time on one thread; Ctrl-C ends with the rows that are there',
)
  .option('--out <folder>', 'gets comparison.json and the pictures', join('out', 'comparison'))
  .action(async ({ data, size, widths, attacks, budget, out, json, precision, ...values }) => {
    makeFolder('exan compare', out);
    const dataset = await sourceOf(data, widths, values.seed);
    const { signal } = watchTerminal();
    const rows = await attackComparison(
      dataset,
      attacks.map((name) => contestants[name]),
      {
        ...{ sizes: size, seeds: seedsFrom(values), seconds: budget, precision },
        ...(widths && { widths }),
        ...(signal && { signal }),
        onProgress: printProgress(),
      },
    );
    writeAtomically(join(out, 'comparison.json'), JSON.stringify(rows, null, 1));
    const pictures = [saveFigure(out, 'comparison', figureOf(rows)), saveFigure(out, 'history', attackHistory(rows))];
    if (json) return print(`${JSON.stringify(rows)}\n`);
    print(`${[...contestLines(rows), pictures.join('  ')].join('\n')}\n`);
  });

/** What the attacks came to, what each was told, and why some found nothing. */
export function contestLines(rows: readonly ContestRow[]): string[] {
  const told = Object.values(contestants).filter((c) => c.told.length > 0 && rows.some((r) => r.attack === c.name));
  const needs = told.map((c) => `${c.name} is told: ${c.told.join(', ')}`);
  return [...align(table(summedUp(rows))), '', ...needs, ...emptyHanded(rows)];
}

/** Why attacks handed over nothing, each reason once. */
function emptyHanded(rows: readonly ContestRow[]): string[] {
  const silent = rows.filter((r) => r.candidates === 0);
  return [...new Set(silent.map((r) => `${r.attack} found nothing at M = ${r.size}: ${r.reason}`))];
}

function table(rows: readonly ComparedOutcome[]): string[][] {
  const titles = ['attack', 'M', 'batches', 'exact', 'visible', 'labels', 'PSNR', 'seconds', 'first after'];
  const shown = (v: number): string => (v < 10 ? v.toFixed(2) : v.toFixed(0));
  return [
    titles,
    ...rows.map((r) => [
      ...[r.attack, String(r.size), String(r.batches), r.exact.mean.toFixed(1), r.visible.mean.toFixed(1)],
      r.labels ? `${(100 * r.labels.mean).toFixed(0)} %` : '-',
      ...[
        `${r.psnr.toFixed(0)} dB`,
        `${shown(r.seconds)} s`,
        r.firstSeconds === null ? '-' : `${shown(r.firstSeconds)} s`,
      ],
    ]),
  ];
}
