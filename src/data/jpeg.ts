import { decode } from 'jpeg-js';
import { check, InputError, shown } from '../check';
import { MOST_PIXELS, type Picture } from './png';

/** Memory that decoding may take: a picture of 2^26 pixels needs as much. */
const MEGABYTES = 2048;

/**
 * The picture in a JPEG file, baseline or progressive, as it is stored: a note of the camera that it should be turned is not followed, as
 * torchvision does not follow it either.
 *
 * @param source opens the messages
 * @throws InputError when it is damaged, of another colour model than grey or YCbCr, or larger than 2^26 pixels, which its header says
 */
export function decodeJpeg(source: string, file: Buffer): Picture {
  const { width, height, components } = frameOf(source, file);
  check(
    width >= 1 && height >= 1 && width * height <= MOST_PIXELS,
    () => `${source} says that it has ${width} x ${height} pixels, expected 1 to 2^26 in all`,
  );
  check(
    components === 1 || components === 3,
    () => `${source} has ${components} colour components, expected 1 (grey) or 3; convert it to RGB`,
  );
  const { data } = decoded(source, file);
  const pixels = width * height;
  check(data.length === 3 * pixels, () => `${source} holds ${data.length / 3} pixels, expected ${pixels}`);
  if (components === 3) return { width, height, channels: 3, data };
  return { width, height, channels: 1, data: Uint8Array.from({ length: pixels }, (_, k) => data[3 * k] ?? 0) };
}

/** The decoder throws plain errors, at a damaged file of any kind. */
function decoded(source: string, file: Buffer): { readonly data: Uint8Array } {
  const limits = { maxResolutionInMP: MOST_PIXELS / 1e6, maxMemoryUsageInMB: MEGABYTES };
  try {
    return decode(file, { ...limits, useTArray: true, formatAsRGBA: false, tolerantDecoding: false });
  } catch (error) {
    throw new InputError(`${source} is a damaged JPEG file (${shown((error as Error).message)})`);
  }
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

/** Size and colour components from the frame header (SOFn), whatever stands before it. */
function frameOf(source: string, file: Buffer): Frame {
  check(file.length > 4 && file.readUInt16BE(0) === 0xffd8, () => `${source} is not a JPEG file`);
  for (let at = 2; at + 10 <= file.length; ) {
    const [lead, marker] = [file[at], file[at + 1] ?? 0];
    if (lead !== 0xff) break;
    if (marker === 0xff) {
      at++; // fill bytes
      continue;
    }
    const isFrame = 0xc0 <= marker && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame)
      return {
        height: file.readUInt16BE(at + 5),
        width: file.readUInt16BE(at + 7),
        components: file[at + 9] ?? 0,
      };
    at += 2 + file.readUInt16BE(at + 2);
  }
  throw new InputError(`${source} is a damaged JPEG file (no frame header)`);
}
