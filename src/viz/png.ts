import { check } from '../check';
import { crc32, deflated } from './deflated';

/**
 * Pixels as a PNG file: 8 bits per channel, 1 (grey), 3 (RGB) or 4 (RGBA) channels, rows from the top.
 * Filter 0 and one IDAT chunk. Not a library: with deflate and crc32 in node:zlib the format is three chunks, and fast-png 8
 * (two more packages with it) takes 2 to 2.6 times as long for files of the same size. A browser has neither: there the pixels
 * are not compressed.
 *
 * @throws InputError when the bytes do not fill height x width x channels
 * @example
 * const file = viz.png({ height: 1, width: 2, channels: 1, bytes: Uint8Array.of(0, 255) });
 * String.fromCharCode(...file.subarray(1, 4));  // => 'PNG'
 */
export function png(pixels: { height: number; width: number; channels: 1 | 3 | 4; bytes: Uint8Array }): Uint8Array {
  const { height, width, channels, bytes } = pixels;
  check(
    height > 0 && width > 0 && bytes.length === height * width * channels,
    () => `png: ${bytes.length} bytes, expected ${height} x ${width} x ${channels}`,
  );
  const colour = channels === 1 ? 0 : channels === 3 ? 2 : 6;
  const line = width * channels;
  const raw = new Uint8Array(height * (line + 1));
  for (let y = 0; y < height; y++) raw.set(bytes.subarray(y * line, (y + 1) * line), y * (line + 1) + 1);
  return joined([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    ...chunk('IHDR', joined([word(width), word(height), Uint8Array.of(8, colour, 0, 0, 0)])),
    ...chunk('IDAT', deflated(raw)),
    ...chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Four bytes, the highest first. */
function word(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function chunk(type: string, data: Uint8Array): Uint8Array[] {
  const body = joined([new TextEncoder().encode(type), data]);
  return [word(data.length), body, word(crc32(body))];
}
