import { join } from 'node:path';
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { check, InputError } from '../check';
import { type About, type CatalogueEntry, catalogue, type Dataset, dataFolders, fromFile, writeNpz } from '../data';
import { entryNamed } from '../data/catalogue';
import { download } from '../data/download';
import { makeFolder, writeAtomically } from '../data/files';
import { align } from '../report/align';
import { type ReadingValues, readingFrom, readingOptions } from './dataOptions';
import { commandWithJson, print } from './options';
import { watchTerminal } from './watchTerminal';

const list = commandWithJson('list', 'all sets that can be had by name').action(({ json }) => {
  const rows = catalogue().map(({ name, about, here }) => ({ name, ...about, here: whether(here, about) }));
  if (json) return print(`${JSON.stringify({ sets: rows })}\n`);
  const titles = ['name', 'classes', 'here', 'samples', 'licence'];
  const lines = rows.map((r) => [r.name, String(r.classes), r.here, r.shape, r.licence]);
  print(`${align([titles, ...lines]).join('\n')}\n\nexan data info NAME says more, exan data get NAME brings it.\n`);
});

const info = readingOptions(
  commandWithJson('info', 'what a set or a file of your own holds').argument('<set>', 'a name, a file or a folder'),
).action(async (name, { json, ...values }) => {
  const entry = entryNamed(name);
  if (entry && !entry.here) {
    if (json) return print(`${JSON.stringify({ name, about: entry.about })}\n`);
    return print(`${aboutText(entry)}\n\nnot in ${dataFolders().join(', ')}\n`);
  }
  const set = await ownOrNamed(name, values);
  const found = described(set);
  if (json) return print(`${JSON.stringify({ ...found, ...(entry && { about: entry.about }) })}\n`);
  const shown = { ...found, ...(found.columns && { columns: found.columns.map((column) => column.name) }) };
  const lines = Object.entries(shown).map(([key, v]) => [key, Array.isArray(v) ? v.join(' ') : String(v)]);
  print(`${entry ? `${aboutText(entry)}\n\n` : ''}${align(lines).join('\n')}\n`);
});

const get = new Command('get')
  .description('bring a published set from its official place, with checksum; goes on where it was stopped')
  .argument('<name>', 'as exan data list has it')
  .option('--into <folder>', 'data folder (default: EXAN_DATA or ./data)')
  .option('--from <url>', 'another place that has the same files')
  .action(async (name, { into = dataFolders()[0] ?? 'data', from }) => {
    const { about } = named(name);
    check(
      about.files.length > 0,
      () =>
        `exan data get: ${name} is not published as a file, see ${about.home}; expected in the data folder: ${about.form}`,
    );
    const folder = join(into, name);
    makeFolder('exan data get', folder);
    const watch = watchTerminal();
    for (const file of about.files) {
      const path = join(folder, file.name);
      const url = from === undefined ? file.url : `${from.replace(/\/$/, '')}/${file.name}`;
      const how = await download({ ...file, url }, path, watch);
      print(`${path}: ${how === 'kept' ? 'there already' : 'fetched'}, ${file.checksum.kind} ${file.checksum.value}\n`);
    }
    const use = name === 'mnist' ? join(folder, about.files[0]?.name ?? '') : name; // by name it is the embedded one
    print(`\n${about.title}\nlicence: ${about.licence}\ncite: ${about.citation}\nuse: --data ${use}\n`);
  });

const convert = readingOptions(
  new Command('convert')
    .description('a set or a file of your own as an archive of NumPy, which every --data takes')
    .argument('<set>', 'a name, a file or a folder')
    .requiredOption('--out <file>', 'a .npz file')
    .option('--columns <file>', 'of a table: gets what its columns are, as JSON for exan audit --columns'),
).action(async (name, { out, columns, ...values }) => {
  check(out.endsWith('.npz'), () => `exan data convert: --out is ${out}, expected a name that ends with .npz`);
  const set = await ownOrNamed(name, values);
  check(
    columns === undefined || set.columns !== undefined,
    () => `exan data convert: --columns belongs to a table, and ${name} is none`,
  );
  writeNpz(out, set);
  if (columns !== undefined)
    writeAtomically(columns, `${JSON.stringify({ columns: set.columns, labels: set.labelNames }, null, 1)}\n`);
  print(`${out}: ${described(set).samples}\n`);
});

for (const [command, example] of [
  [list, 'list'],
  [info, 'info patients.csv --label outcome --missing drop'],
  [get, 'get retinamnist'],
  [convert, 'convert pictures --side 32 --out pictures.npz'],
] as [CommandUnknownOpts, string][])
  command.addHelpText('after', `\nExample:\n  npx exan data ${example}`);

/** `exan data list|info|get|convert`. */
export const dataCommand: CommandUnknownOpts = new Command('data')
  .description('data sets: which there are, what they hold, how to bring and convert them')
  .addCommand(list)
  .addCommand(info)
  .addCommand(get)
  .addCommand(convert);

/** Options of reading belong to files of one's own. */
async function ownOrNamed(name: string, values: ReadingValues): Promise<Dataset> {
  const entry = entryNamed(name);
  const options = readingFrom(values);
  const [odd] = Object.keys(options);
  check(
    !entry || odd === undefined,
    () => `exan data: --${odd} belongs to a file of your own, and ${name} is a set by name`,
  );
  return entry ? entry.load() : fromFile(name, options);
}

function named(name: string): CatalogueEntry {
  const entry = entryNamed(name);
  if (entry) return entry;
  throw new InputError(
    `exan data: ${name} is no set, expected one of ${catalogue()
      .map((one) => one.name)
      .join(', ')}`,
  );
}

function whether(here: boolean, { form }: About): 'embedded' | 'yes' | 'no' {
  if (form === 'embedded') return 'embedded';
  return here ? 'yes' : 'no';
}

function aboutText({ name, about }: CatalogueEntry): string {
  const { title, shape, classes, licence, citation, home, files, form } = about;
  const had = files.map(({ name: file, checksum }) => `${file} (${checksum.kind} ${checksum.value})`).join(', ');
  const rows = { name, title, shape, classes: String(classes), licence, cite: citation, home, files: had || form };
  return align(Object.entries(rows)).join('\n');
}

/** What was read, in words and numbers. */
function described({ inputs, labels, classes, image, columns, labelNames }: Dataset) {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of inputs.data) [low, high] = [Math.min(low, v), Math.max(high, v)];
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  const shape = image ? `${image.height} x ${image.width} x ${image.channels}` : `${inputs.columns}`;
  return {
    samples: `${inputs.rows} of ${shape}`,
    values: `${low} to ${high}`,
    classes,
    counts,
    ...(labelNames && { labels: labelNames }),
    ...(columns && { columns }),
  };
}
