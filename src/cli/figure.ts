import { join } from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { InputError } from '../check';
import { mnist } from '../data';
import { makeFolder, writeAtomically } from '../data/files';
import { align } from '../report/align';
import { titleOf } from '../viz/figure';
import { writeFigure } from './figureFiles';
import { figures } from './figures';
import { commandWithJson, count, print } from './options';
import { printProgress } from './watchTerminal';

/** A figure that was written. */
interface Written {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly command: string;
  readonly files: readonly string[];
}

/** `exan figure list | all | NAME…`: every figure of the library, made small from embedded digits, as HTML, SVG, PNG and CSV. */
export const figure: CommandUnknownOpts = commandWithJson(
  'figure',
  'every figure, made from the embedded digits in seconds, as HTML, SVG, PNG and CSV',
)
  .argument('<name...>', 'list: what there is; all; or names of figures')
  .option('--seed <n>', 'of networks and batches', count, 1)
  .option('--out <folder>', 'gets the files, and index.json, which lists them', join('out', 'figures'))
  .action(async (names, { seed, out, json }) => {
    if (names.join() === 'list') return print(listing(json === true));
    const chosen = names.join() === 'all' ? Object.keys(figures) : names;
    for (const name of chosen)
      if (!Object.hasOwn(figures, name))
        throw new InputError(
          `exan figure: there is no figure ${name}, expected list, all, or some of ${Object.keys(figures).join(', ')}`,
        );
    makeFolder('exan figure', out);
    const written: Written[] = [];
    for (const [k, name] of chosen.entries())
      written.push(await writeOne(name, { seed, out, part: [k, chosen.length] }));
    writeAtomically(join(out, 'index.json'), JSON.stringify(written, null, 1));
    if (json) return print(`${JSON.stringify({ figures: written })}\n`);
    print(
      `${written.map(({ files }) => files.map((file) => join(out, file)).join('  ')).join('\n')}\n${withoutPng(written)}`,
    );
  });

async function writeOne(
  name: string,
  { seed, out, part: [done, of] }: { seed: number; out: string; part: readonly [number, number] },
): Promise<Written> {
  const { about, draw } = figures[name] as (typeof figures)[string];
  const show = printProgress();
  const onProgress = (fraction: number, note: string): void => show((done + fraction) / of, `${name}: ${note}`);
  onProgress(0, 'begun');
  const drawn = await draw({ digits: await mnist(), seed, onProgress });
  const command = `npx exan figure ${name} --seed ${seed}`;
  const files = writeFigure(out, { name, about, command, figure: drawn });
  return { name, title: titleOf(drawn.layout), about, command, files };
}

function listing(json: boolean): string {
  const all = Object.entries(figures).map(([name, { about }]) => ({ name, about }));
  return json
    ? `${JSON.stringify({ figures: all })}\n`
    : `${align(all.map(({ name, about }) => [name, about])).join('\n')}\n`;
}

function withoutPng(written: readonly Written[]): string {
  const missing = written.filter(({ files }) => !files.some((file) => file.endsWith('.png'))).map(({ name }) => name);
  if (missing.length === 0) return '';
  return `no PNG of ${missing.join(', ')}: that takes rsvg-convert (librsvg) or a Chromium on this machine (EXAN_CHROMIUM names one)\n`;
}
