import { join } from 'node:path';
import {
  type Command,
  type CommandUnknownOpts,
  InvalidArgumentError,
  Option,
  type OptionValues,
} from '@commander-js/extra-typings';
import type { Dataset } from '../../data';
import { makeFolder } from '../../data/files';
import { sweepManifest, writeManifest } from '../../experiments/sweep/manifest';
import { runTrials } from '../../experiments/sweep/runTrials';
import { type Shard, shardFile, shardOf } from '../../experiments/sweep/shard';
import { print, workers } from '../options';
import { collect } from '../redis/collect';
import { queuePackages, redisPlace } from '../redis/connection';
import { endOnSignals, printProgress } from '../watchTerminal';
import { save } from './save';
import type { AnySweep, Sweep } from './sweep';

/** How a sweep is run: the options that its result does not depend on (a type, since commander asks for one). */
export type RunValues = {
  readonly workers: number;
  readonly shard?: Shard | undefined;
  readonly redis?: string | undefined;
  readonly out: string;
  readonly json?: true | undefined;
};

/** A sweep and the command that runs it. */
export interface SweepCommand {
  readonly command: CommandUnknownOpts;
  readonly sweep: AnySweep;
}

/** Adds to a command what all sweeps share: threads, shards, the folder; and runs it. */
export function sweepCommand<V extends OptionValues, P extends object, T extends P>(
  command: Command<[], V>,
  sweep: Sweep<V, P, T>,
): SweepCommand {
  const { name } = sweep.experiment;
  const any = sweep as unknown as AnySweep;
  (command as unknown as Command<[], RunValues>)
    .addOption(workers('threads, a trial each; 0: none beside this one, and Ctrl-C waits for the end of a trial'))
    .addOption(new Option('--shard <k/n>', 'only the k-th of n parts, for sweep merge').argParser(shard))
    .addOption(
      new Option(
        '--redis <url>',
        'puts the trials into a queue for exan worker, and collects them: redis://HOST:PORT, its password there or in EXAN_REDIS_PASSWORD',
      ).conflicts('shard'),
    )
    .option(
      '--out <folder>',
      `gets ${name}.jsonl, from which a stopped run goes on, ${name}.json and pictures`,
      join('out', name),
    )
    .action((values) => run(any, values as RunValues));
  return { command: command as unknown as CommandUnknownOpts, sweep: any };
}

async function run(sweep: AnySweep, values: RunValues): Promise<void> {
  const { name } = sweep.experiment;
  const { out } = values;
  makeFolder(`exan sweep ${name}`, out);
  endOnSignals();
  const dataset = await sweep.dataset(values);
  const points = sweep.points(values, dataset);
  if (values.shard) return runShard(sweep, points, dataset, values.shard, values);
  const trials = values.redis
    ? await runQueued(sweep, points, dataset, values.redis, values)
    : await runTrials(sweep.experiment, points, dataset, {
        ...{ workers: values.workers, log: join(out, `${name}.jsonl`) },
        onProgress: printProgress(),
      });
  const presented = sweep.present(trials);
  const pictures = save(out, name, presented);
  if (values.json) return print(`${JSON.stringify(presented.json)}\n`);
  print(`${[...presented.lines, '', ...pictures].join('\n')}\n`);
}

/** Trials only: rows and figures are for the merge. */
async function runShard(
  { experiment }: AnySweep,
  all: readonly object[],
  dataset: Dataset | undefined,
  part: Shard,
  { out, workers: threads, json }: RunValues,
): Promise<void> {
  const manifest = sweepManifest(experiment, all, dataset, typed());
  writeManifest(out, manifest);
  const log = join(out, shardFile(manifest, part));
  const points = shardOf(manifest.points, part).map(({ id: _, ...point }) => point);
  const onProgress = printProgress();
  const trials = await runTrials(experiment, points, dataset, { workers: threads, log, onProgress });
  const told = { sweep: manifest.sweep, shard: `${part.index}/${part.count}`, trials: trials.length, log };
  if (json) return print(`${JSON.stringify(told)}\n`);
  print(
    `${trials.length} of ${manifest.trials} trials in ${log}\nwhen all shards are done: npx exan sweep merge ${out}\n`,
  );
}

/** By workers elsewhere. */
async function runQueued(
  { experiment }: AnySweep,
  all: readonly object[],
  dataset: Dataset | undefined,
  url: string,
  { out, workers: _, shard: __, redis: ___, json: ____, ...values }: RunValues,
): Promise<object[]> {
  const caller = `exan sweep ${experiment.name}`;
  const place = redisPlace(caller, url);
  const packages = await queuePackages(caller);
  const manifest = sweepManifest(experiment, all, dataset, typed());
  writeManifest(out, manifest);
  return collect(manifest, { caller, packages, place, out, values, onProgress: printProgress() });
}

/** The command as typed, without what belongs to one run of it alone. */
function typed(): string[] {
  const own = ['--shard', '--out', '--redis', '--workers'];
  const args = process.argv.slice(2);
  return args.filter(
    (arg, k) =>
      arg !== '--json' && !own.some((name) => arg === name || arg.startsWith(`${name}=`) || args[k - 1] === name),
  );
}

function shard(text: string): Shard {
  const [, index = 0, of = 0] = /^(\d{1,9})\/(\d{1,9})$/.exec(text)?.map(Number) ?? [];
  if (!(1 <= index && index <= of)) throw new InvalidArgumentError('Expected k/n with 1 <= k <= n, such as 3/50.');
  return { index, count: of };
}
