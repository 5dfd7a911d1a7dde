import { basename } from 'node:path';
import { check } from '../check';
import { matrix } from '../math/matrix';
import { type ByteStream, withStream } from './byteStream';
import { type Dataset, dataset } from './dataset';
import { largest } from './largest';
import { type ReadOptions, samplesRead } from './limits';

/**
 * Pictures and labels in IDX files, as MNIST, Fashion-MNIST and their like come, packed by gzip or not; greys in [0, 1].
 *
 * @param labels the file of labels. @default that beside the pictures: `train-images-idx3-ubyte.gz` and `train-labels-idx1-ubyte.gz`
 * @throws InputError when a file is missing, damaged or of other numbers than unsigned bytes, or when the two do not fit
 * @see http://yann.lecun.com/exdb/mnist/
 * @example
 * (await data.fromIdx('data/fashionMnist/train-images-idx3-ubyte.gz')).labels[0];  // => 7
 */
export async function fromIdx(
  images: string,
  labels: string = images.replace('images', 'labels').replace('idx3', 'idx1'),
  options: ReadOptions = {},
): Promise<Dataset> {
  check(labels !== images, () => `fromIdx: ${images} has no "images" in its name, expected the file of labels too`);
  const y = await bytesOf(labels, 1, options.most);
  const x = await bytesOf(images, 3, options.most);
  const [count = 0, height = 0, width = 0] = x.shape;
  check(
    count === y.shape[0],
    () => `fromIdx: ${images} has ${count} pictures and ${labels} has ${y.shape[0]} labels, expected as many`,
  );
  const { name = basename(images).replace(/[-.].*$/, ''), classes = Math.max(2, 1 + largest(y.data)) } = options;
  return dataset({
    name,
    classes,
    inputs: matrix(count, height * width, greys(x.data)),
    labels: Int32Array.from(y.data),
    image: { height, width, channels: 1 },
  });
}

interface Bytes {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

function bytesOf(path: string, rank: number, most: number | undefined): Promise<Bytes> {
  return withStream('fromIdx', path, async (stream) => {
    const source = `fromIdx: ${path}`;
    const [zero0, zero1, type, dimensions] = await stream.take(4, 'its start');
    check(zero0 === 0 && zero1 === 0, () => `${source} is not in IDX format, expected it to start with two zeros`);
    check(
      type === 8 && dimensions === rank,
      () => `${source} has ${dimensions} dimensions of type ${type}, expected ${rank} of type 8, unsigned bytes`,
    );
    const sizes = await stream.take(4 * rank, 'its sizes');
    const [count = 0, ...own] = Array.from({ length: rank }, (_, k) => sizes.readUInt32BE(4 * k));
    const entries = own.reduce((product, d) => product * d, 1);
    check(count >= 1 && entries >= 1, () => `${source} has the shape ${[count, ...own]}, expected no zero in it`);
    check(
      count * entries <= stream.most,
      () => `${source} says ${count * entries} bytes follow, more than the file can hold (damaged?)`,
    );
    const read = samplesRead(source, count, entries, most);
    const data = await fill(stream, new Float64Array(read * entries));
    // the end also has gzip's checksum
    const more = read === count ? await stream.some() : null;
    check(more === null, () => `${source} has more bytes than the ${count * entries} that it says`);
    return { shape: [read, ...own], data };
  });
}

async function fill(stream: ByteStream, data: Float64Array): Promise<Float64Array> {
  for (let at = 0; at < data.length; ) {
    const part = await stream.take(Math.min(2 ** 16, data.length - at), 'its data');
    data.set(part, at);
    at += part.length;
  }
  return data;
}

/** Bytes as greys in [0, 1], in place: a copy of a large set would be gigabytes. */
export function greys(bytes: Float64Array): Float64Array {
  for (let k = 0; k < bytes.length; k++) bytes[k] = (bytes[k] as number) / 255;
  return bytes;
}
