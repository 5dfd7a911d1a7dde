import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { check, InputError, listed, shown } from '../check';
import { inOrder } from './csvColumns';
import { eachRecord } from './csvRows';
import { MOST } from './limits';

/** Files of pictures with the class of each. */
export interface PictureList {
  readonly files: readonly { readonly path: string; readonly y: number }[];
  readonly labelNames: readonly string[];
}

/** Kinds of files that are read. */
export const pictureKinds: readonly string[] = ['.png', '.pgm', '.ppm', '.jpg', '.jpeg'];

/**
 * The pictures in a folder of folders, one a class, in order of names.
 *
 * @throws InputError when there are none, or other files
 */
export function picturesByFolder(folder: string): PictureList {
  const labelNames = entries(folder)
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  const files = labelNames.flatMap((label, y) => filesIn(join(folder, label)).map((path) => ({ path, y })));
  check(
    files.length >= 1 && labelNames.length >= 2,
    () =>
      `fromPictures: ${folder} has ${labelNames.length} folders and ${files.length} pictures in them, expected a folder for each class, at least 2; or give labels, a table of file names and labels`,
  );
  return { files, labelNames };
}

/**
 * The pictures that a table names: in each record the name of a file in the folder, then its label; others are not looked at. A first
 * record whose file is not there is taken for the names of the columns.
 *
 * @throws InputError when a file is not there
 */
export async function picturesByTable(folder: string, table: string): Promise<PictureList> {
  const named: { path: string; label: string }[] = [];
  await eachRecord('fromPictures', table, {}, ([file = '', label = ''], record) => {
    const path = join(folder, basename(file)); // never outside the folder
    const there = existsSync(path);
    check(
      there || record === 0,
      () => `fromPictures: ${table} names ${shown(file)} in record ${record}, which is not in ${folder}`,
    );
    check(label !== '' || !there, () => `fromPictures: ${table} has no label for ${shown(file)}`);
    if (there) named.push({ path, label });
    return named.length < MOST;
  });
  check(named.length >= 1, () => `fromPictures: ${table} names no file in ${folder}`);
  refuseOthers(
    folder,
    folder,
    named.map(({ path }) => basename(path)),
  );
  const numbers = named.every(({ label }) => Number.isFinite(Number(label)));
  const labelNames = inOrder(new Set(named.map(({ label }) => label)), numbers);
  const places = new Map(labelNames.map((label, y) => [label, y]));
  return { files: named.map(({ path, label }) => ({ path, y: places.get(label) ?? 0 })), labelNames };
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw new InputError(`fromPictures: ${folder} cannot be read (${(error as Error).message})`);
  }
}

function filesIn(folder: string): string[] {
  const names = entries(folder)
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => entry.name);
  refuseOthers(folder, dirname(folder), names);
  return names.map((name) => join(folder, name));
}

/** WebP, TIFF, DICOM, …: the lines convert everything below `root` into a folder beside it, and leave what is there. */
function refuseOthers(folder: string, root: string, names: readonly string[]): void {
  const other = names.filter((name) => !pictureKinds.includes(extname(name).toLowerCase()));
  if (other.length === 0) return;
  const [from, to, kind] = [root, `${root}-png`, `*${extname(other[0] ?? '')}`].map((text) => JSON.stringify(text));
  throw new InputError(
    `fromPictures: ${folder} has ${listed(other, 3)}, expected pictures ${pictureKinds.join(', ')}; convert them where Python has Pillow:`,
    [
      'import pathlib; from PIL import Image',
      `for path in pathlib.Path(${from}).rglob(${kind}):`,
      `    (to := pathlib.Path(${to}) / path.relative_to(${from}).with_suffix(".png")).parent.mkdir(parents=True, exist_ok=True); Image.open(path).save(to)`,
    ],
  );
}
