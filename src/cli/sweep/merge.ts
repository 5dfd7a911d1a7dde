import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { Option } from '@commander-js/extra-typings';
import { manifestsIn, type SweepManifest } from '../../experiments/sweep/manifest';
import { type MergedSweep, mergeSweep } from '../../experiments/sweep/mergeSweep';
import { commandWithJson, print } from '../options';
import { sweepNamed } from './named';
import { save } from './save';
import { quoted } from './shell';

/** `exan sweep merge`: the trials of all shards of a folder, each once, as rows and figures; and what is missing. */
export const mergeCommand: CommandUnknownOpts = commandWithJson(
  'merge',
  'put the shards of a folder together: rows and figures of every sweep there, and which trials are missing',
)
  .argument('<folder>', 'that shards were given by --out')
  .addOption(new Option('--fail-on <what>', 'exit code 1 where trials are missing').choices(['gaps'] as const))
  .action((folder, { json, failOn }) => {
    const merged = manifestsIn(folder).map((manifest) => mergeOne(folder, manifest));
    if (failOn && merged.some(({ gaps }) => gaps.length > 0)) process.exitCode = 1;
    if (json) return print(`${JSON.stringify({ sweeps: merged.map(({ lines: _, ...one }) => one) })}\n`);
    print(`${merged.map(({ lines }) => lines.join('\n')).join('\n\n')}\n`);
  }) as unknown as CommandUnknownOpts;

function mergeOne(folder: string, manifest: SweepManifest) {
  const { sweep: name, trials, experiment, version } = manifest;
  const known = sweepNamed('exan sweep merge', experiment, version);
  const merged = mergeSweep(folder, manifest);
  const presented = merged.trials.length > 0 ? known.present(merged.trials) : null;
  const pictures = presented ? save(folder, name, presented, `${name}.`) : [];
  const gaps = merged.gaps.map(({ shard, ...gap }) => ({ ...gap, shard: shard && `${shard.index}/${shard.count}` }));
  const counts = { trials, found: merged.trials.length, duplicates: merged.duplicates };
  return {
    ...{ sweep: name, ...counts, gaps, files: merged.files, pictures, ...presented?.json },
    lines: [
      `${name}: ${counts.found} of ${trials} trials from ${merged.files.length} files, ${counts.duplicates} duplicates left out`,
      ...(presented?.lines ?? []),
      ...missing(folder, manifest, merged),
      ...pictures,
    ],
  };
}

/** What to run for the trials that are not there. */
function missing(folder: string, { command }: SweepManifest, { gaps }: MergedSweep): string[] {
  if (gaps.length === 0) return [];
  const shards = [...new Set(gaps.flatMap(({ shard }) => (shard ? [`${shard.index}/${shard.count}`] : [])))];
  if (shards.length === 0) shards.push('1/1'); // none has begun, or all came through a queue
  const again = shards.map((shard) => `  npx exan ${quoted([...command, '--shard', shard, '--out', folder])}`);
  return [
    `${gaps.length} missing: ${gaps
      .slice(0, 8)
      .map(({ id }) => id)
      .join(', ')}${gaps.length > 8 ? ', …' : ''}; run again`,
    ...again,
  ];
}
