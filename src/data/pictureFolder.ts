import { readdirSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { check, InputError, isCount, listed } from '../check';
import { matrix, row } from '../math/matrix';
import { type Dataset, dataset } from './dataset';
import { readBytes } from './files';
import { type ReadOptions, samplesRead } from './limits';
import { decodePng, type Picture } from './png';
import { decodePnm } from './pnm';
import { centreSquare, resized } from './resize';

/** Options of {@link fromPictures}. */
export interface PictureOptions extends Omit<ReadOptions, 'classes'> {
  /** side to which pictures are resized, after the middle square was cut out. @default as they are, which must be all alike */
  readonly side?: number;
  /** 1: greys (Rec. 601), 3: colours. @default as the first picture */
  readonly channels?: 1 | 3;
}

/** Largest file of a picture that is opened. */
const decoders: Readonly<Record<string, (source: string, file: Buffer) => Picture>> = {
  '.png': decodePng,
  '.pgm': decodePnm,
  '.ppm': decodePnm,
};

/**
 * Pictures in folders, one folder a class, in [0, 1]: PNG, PGM and PPM. `labelNames` of the result are the folders' names, in order.
 *
 * @throws InputError when there are no such folders, a picture is damaged or a JPEG, or they differ in size and no side is given
 * @example
 * (await data.fromPictures('data/pictures', { side: 2 })).labelNames;  // => ['benign', 'malignant']
 */
export async function fromPictures(folder: string, options: PictureOptions = {}): Promise<Dataset> {
  const { name = basename(folder), side } = options;
  check(side === undefined || isCount(side), () => `fromPictures: side is ${side}, expected a number of pixels`);
  const labelNames = entries(folder)
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  const files = labelNames.flatMap((label, y) => filesIn(join(folder, label)).map((path) => ({ path, y })));
  check(
    files.length >= 1 && labelNames.length >= 2,
    () =>
      `fromPictures: ${folder} has ${labelNames.length} folders and ${files.length} pictures in them, expected a folder for each class, at least 2`,
  );
  const first = pictureIn(files[0]?.path ?? '', options.channels ?? null, side);
  const { width, height, channels } = first;
  const size = width * height * channels;
  const count = samplesRead(`fromPictures: ${folder}`, files.length, size, options.most);
  const inputs = matrix(count, size);
  files.slice(0, count).forEach(({ path }, m) => {
    const own = m === 0 ? first : pictureIn(path, channels === 1 ? 1 : 3, side);
    check(
      own.width === width && own.height === height,
      () =>
        `fromPictures: ${path} has ${own.width} x ${own.height} pixels, expected ${width} x ${height} as the first; give a side`,
    );
    for (let k = 0; k < size; k++) row(inputs, m)[k] = (own.data[k] as number) / 255;
  });
  const labels = Int32Array.from(files.slice(0, count), ({ y }) => y);
  return dataset({ name, inputs, labels, classes: labelNames.length, labelNames, image: { height, width, channels } });
}

function entries(folder: string): import('node:fs').Dirent[] {
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
  const other = names.filter((name) => !Object.hasOwn(decoders, extname(name).toLowerCase()));
  if (other.length > 0)
    throw new InputError(
      `fromPictures: ${folder} has ${listed(other, 3)}, expected pictures ${Object.keys(decoders).join(', ')}; convert them where Python has Pillow:`,
      [
        'import pathlib; from PIL import Image',
        `for path in pathlib.Path(${JSON.stringify(dirname(folder))}).glob("*/*.jp*g"):`,
        `    (to := pathlib.Path(${JSON.stringify(`${dirname(folder)}-png`)}) / path.parent.name).mkdir(parents=True, exist_ok=True); Image.open(path).save(to / f"{path.stem}.png")`,
      ],
    );
  return names.map((name) => join(folder, name));
}

/** @param channels null: as the picture has them */
function pictureIn(path: string, channels: 1 | 3 | null, side: number | undefined) {
  const decode = decoders[extname(path).toLowerCase()] as (source: string, file: Buffer) => Picture;
  const picture = inChannels(decode(`fromPictures: ${path}`, readBytes('fromPictures', path)), channels);
  return side === undefined ? picture : resized(centreSquare(picture), side, side);
}

function inChannels(picture: Picture, channels: 1 | 3 | null): Picture {
  const { data, width, height } = picture;
  if (channels === null || channels === picture.channels) return picture;
  const pixels = width * height;
  const mixed = new Uint8Array(pixels * channels);
  for (let k = 0; k < pixels; k++)
    if (channels === 3) mixed.fill(data[k] as number, 3 * k, 3 * k + 3);
    else
      mixed[k] = Math.round(
        0.299 * (data[3 * k] as number) + 0.587 * (data[3 * k + 1] as number) + 0.114 * (data[3 * k + 2] as number),
      );
  return { width, height, channels, data: mixed };
}
