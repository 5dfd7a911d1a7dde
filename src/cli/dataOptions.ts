import { type Command, Option, type OptionValues } from '@commander-js/extra-typings';
import type { FileOptions } from '../data';
import { count } from './options';

/** How a file of one's own is read, as far as its format leaves a choice. */
export type ReadingValues = {
  readonly label?: string | undefined;
  readonly labels?: string | undefined;
  readonly drop?: readonly string[] | undefined;
  readonly missing?: 'refuse' | 'drop' | 'fill' | undefined;
  readonly scale?: 'none' | 'unit' | 'standard' | undefined;
  readonly split?: 'train' | 'val' | 'test' | undefined;
  readonly side?: number | undefined;
  readonly channels?: '1' | '3' | undefined;
  readonly classes?: number | undefined;
  readonly most?: number | undefined;
};

/** The command with the options of {@link ReadingValues}. */
export function readingOptions<Args extends unknown[], Values extends OptionValues>(
  command: Command<Args, Values>,
): Command<Args, Values & ReadingValues> {
  return command
    .option('--label <column>', 'of a table: the column of labels, by name, or by number where it has no header')
    .option('--labels <name>', 'of NumPy: their array; of pictures in one folder: a table of file names and labels')
    .option('--drop <columns>', 'of a table: columns to leave out, names separated by commas', (text) =>
      text.split(','),
    )
    .addOption(
      new Option('--missing <how>', 'of a table: records with missing values').choices([
        'refuse',
        'drop',
        'fill',
      ] as const),
    )
    .addOption(
      new Option(
        '--scale <how>',
        'of a table: numbers as they are, from 0 to 1, or with mean 0 and deviation 1',
      ).choices(['none', 'unit', 'standard'] as const),
    )
    .addOption(new Option('--split <part>', 'of CIFAR and MedMNIST').choices(['train', 'val', 'test'] as const))
    .option('--side <n>', 'of pictures in a folder: middle square, resized', count)
    .addOption(new Option('--channels <n>', 'of pictures in a folder').choices(['1', '3'] as const))
    .option('--classes <n>', 'K', count)
    .option('--most <n>', 'reads only the first samples', count) as unknown as Command<Args, Values & ReadingValues>;
}

/** The same as `fromFile` takes them. */
export function readingFrom({
  label,
  labels,
  drop,
  missing,
  scale,
  split,
  side,
  channels,
  classes,
  most,
}: ReadingValues): FileOptions {
  const number = label !== undefined && /^-?\d+$/.test(label);
  return {
    ...(label !== undefined && { label: number ? Number(label) : label }),
    ...(channels !== undefined && { channels: channels === '1' ? 1 : 3 }),
    ...Object.fromEntries(
      Object.entries({ labels, drop, missing, scale, split, side, classes, most }).filter(([, v]) => v !== undefined),
    ),
  };
}
