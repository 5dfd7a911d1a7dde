import { check } from '../check';
import { MOST_PIXELS, type Picture } from './png';

/**
 * The picture in a binary PGM or PPM file (P5, P6) of 8 bits.
 *
 * @param source opens the messages
 * @throws InputError when it is damaged, of another kind or larger than 2^26 pixels
 * @see https://netpbm.sourceforge.net/doc/ppm.html
 */
export function decodePnm(source: string, file: Buffer): Picture {
  const header = /^P([56])(?:\s+|#[^\n]*\n)+(\d+)(?:\s+|#[^\n]*\n)+(\d+)(?:\s+|#[^\n]*\n)+(\d+)\s/.exec(
    file.toString('latin1', 0, 4096),
  );
  check(header !== null, () => `${source} is not a binary PGM or PPM file, expected it to start with P5 or P6`);
  const [start, kind, width, height, top] = [header[0], ...header.slice(1).map(Number)] as [
    string,
    number,
    number,
    number,
    number,
  ];
  check(
    width >= 1 && height >= 1 && width * height <= MOST_PIXELS,
    () => `${source} says that it has ${width} x ${height} pixels, expected 1 to 2^26 in all`,
  );
  check(1 <= top && top <= 255, () => `${source} has values up to ${top}, expected 1 to 255`);
  const channels = kind === 5 ? 1 : 3;
  const bytes = file.subarray(start.length);
  const size = width * height * channels;
  check(bytes.length >= size, () => `${source} has ${bytes.length} bytes of pixels, expected ${size} (truncated?)`);
  return {
    width,
    height,
    channels,
    data: Uint8Array.from(bytes.subarray(0, size), (v) => (Math.min(v, top) * 255) / top),
  };
}
