import { Command, type CommandUnknownOpts, InvalidArgumentError } from '@commander-js/extra-typings';
import { check } from '../../check';
import { count, print } from '../options';
import { sweeps } from '../sweeps';
import { type ArrayJob, kubernetes, parallel, slurm } from './arrayJobs';
import type { RunValues } from './command';
import { sweepCalled } from './named';

const forms: Readonly<Record<string, (job: ArrayJob) => string>> = { slurm, kubernetes, parallel };
const caller = 'exan sweep script';

/** `exan sweep script`: prints what runs a sweep in shards elsewhere. */
export const scriptCommand: CommandUnknownOpts = new Command('script')
  .description('print a script that runs a sweep in shards: its name and its options follow those of the script')
  .option('--slurm', 'an array for sbatch')
  .option('--kubernetes', 'an indexed job for kubectl apply -f')
  .option('--parallel', 'all shards on this machine, by GNU parallel')
  .option('--shards <n>', 'parts', positiveCount, 10)
  .option('--image <name>', 'of Kubernetes: has node and exan', 'exan')
  .option('--claim <name>', 'of Kubernetes: the volume claim, mounted at /work', 'exan')
  .argument('<sweep>', sweeps.map(({ sweep }) => sweep.experiment.name).join(', '))
  .argument('[options...]', 'of that sweep')
  .passThroughOptions()
  .allowUnknownOption()
  .action(async (name, options, { shards, image, claim, ...asked }) => {
    const chosen = Object.keys(forms).filter((form) => form in asked);
    const [form] = chosen.map((one) => forms[one]);
    check(form !== undefined && chosen.length === 1, () => {
      const got = chosen.length === 0 ? 'none' : chosen.map((one) => `--${one}`).join(' and ');
      return `${caller}: expected one of --slurm, --kubernetes and --parallel, got ${got}; see ${caller} --help`;
    });
    const { out, workers } = await checked(name, options);
    const threads = workers ?? 1;
    const all = workers === undefined ? [...options, '--workers', '1'] : options;
    print(form({ sweep: name, options: all, out, shards, workers: Math.max(1, threads), image, claim }));
  }) as unknown as CommandUnknownOpts;

/** Reads the options as the sweep will, so that what it would refuse is refused here, and not by each of many tasks. */
async function checked(name: string, options: readonly string[]): Promise<{ out: string; workers?: number }> {
  const { command } = sweepCalled(caller, name);
  await command.action(() => undefined).parseAsync([...options], { from: 'user' });
  const { out, workers, shard, redis, json } = command.opts() as RunValues;
  const own = Object.entries({ shard, redis, json }).find(([, value]) => value !== undefined);
  check(own === undefined, () => `${caller}: --${own?.[0]} is not for shards of a script; leave it out`);
  return command.getOptionValueSource('workers') === 'default' ? { out } : { out, workers };
}

function positiveCount(text: string): number {
  const value = count(text);
  if (value < 1) throw new InvalidArgumentError('Expected a positive whole number.');
  return value;
}
