import { statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { check, isCount } from '../check';
import { matrix, row } from '../math/matrix';
import { type Dataset, dataset } from './dataset';
import { readBytes } from './files';
import { decodeJpeg } from './jpeg';
import { type ReadOptions, samplesRead } from './limits';
import { picturesByFolder, picturesByTable } from './pictureList';
import { decodePng, type Picture } from './png';
import { decodePnm } from './pnm';
import { centreSquare, resized } from './resize';

/** Options of {@link fromPictures}. */
export interface PictureOptions extends Omit<ReadOptions, 'classes'> {
  /** a table of text with a file's name and its label in each record, where all pictures are in one folder. @default a folder for each class */
  readonly labels?: string;
  /** side to which pictures are resized, after the middle square was cut out. @default as they are, which must be all alike */
  readonly side?: number;
  /** 1: greys (Rec. 601), 3: colours. @default as the first picture */
  readonly channels?: 1 | 3;
}

const LARGEST = 2 ** 28;
const decoders: Readonly<Record<string, (source: string, file: Buffer) => Picture>> = {
  '.png': decodePng,
  '.pgm': decodePnm,
  '.ppm': decodePnm,
  '.jpg': decodeJpeg,
  '.jpeg': decodeJpeg,
};

/**
 * Pictures in folders, one folder a class, or in one folder with a table of labels, in [0, 1]: PNG, JPEG, PGM and PPM. `labelNames` of the
 * result are the folders' names, or the labels, in order.
 *
 * @throws InputError when there are no such folders, a picture is damaged or of another kind, or they differ in size and no side is given
 * @example
 * (await data.fromPictures('data/pictures', { side: 2 })).labelNames;  // => ['benign', 'malignant']
 */
export async function fromPictures(folder: string, options: PictureOptions = {}): Promise<Dataset> {
  const { name = basename(folder), side } = options;
  check(side === undefined || isCount(side), () => `fromPictures: side is ${side}, expected a number of pixels`);
  const { files, labelNames } =
    options.labels === undefined ? picturesByFolder(folder) : await picturesByTable(folder, options.labels);
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

/** @param channels null: as the picture has them */
function pictureIn(path: string, channels: 1 | 3 | null, side: number | undefined) {
  const { size } = statSync(path);
  check(size <= LARGEST, () => `fromPictures: ${path} has ${size} bytes, expected a picture of at most 256 MB`);
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
