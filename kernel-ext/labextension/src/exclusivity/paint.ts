import type { Layer } from './exclusivityData';

type Rgb = readonly [number, number, number];
/** What a neuron does on a sample. */
export type Kind = 'silent' | 'shared' | 'exan';

/** Colours that stay apart for the colour-blind, and in grey: ExANs are by far the brightest or darkest. */
const palettes: Record<'light' | 'dark', Record<Kind, Rgb> & { dimmed: number }> = {
  light: { silent: [246, 246, 248], shared: [176, 190, 214], exan: [200, 60, 0], dimmed: 0.25 },
  dark: { silent: [32, 33, 36], shared: [66, 82, 112], exan: [255, 176, 46], dimmed: 0.3 },
};

/** The colours of a theme. */
export const palette = (dark: boolean): Readonly<Record<Kind, Rgb>> => palettes[dark ? 'dark' : 'light'];

/** Pixels across that a narrow page has for a layer. */
const across = 520;

/**
 * Draws a layer, one pixel for each sample and neuron; the page scales it. Samples not chosen step back. Where several neurons share a
 * pixel of the page, an ExAN is as wide as it takes to be seen.
 */
export function paint(canvas: HTMLCanvasElement, layer: Layer, chosen: ReadonlySet<number>, dark: boolean): void {
  const { silent, shared, exan, dimmed } = palettes[dark ? 'dark' : 'light'];
  const { neurons, samples } = layer;
  canvas.width = neurons;
  canvas.height = samples;
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(neurons, samples);
  const put = (m: number, j: number, colour: Rgb): void => {
    const weight = chosen.size === 0 || chosen.has(m) ? 1 : dimmed;
    const at = 4 * (m * neurons + j);
    for (let c = 0; c < 3; c++) image.data[at + c] = silent[c]! + weight * (colour[c]! - silent[c]!);
    image.data[at + 3] = 255;
  };
  for (let m = 0; m < samples; m++) for (let j = 0; j < neurons; j++) put(m, j, layer.fires(m, j) ? shared : silent);
  const wide = neurons > across ? Math.ceil(neurons / across) : 1;
  for (let m = 0; m < samples; m++)
    for (const j of layer.exans(m)) for (let k = Math.max(0, j - wide + 1); k <= j; k++) put(m, k, exan);
  context.putImageData(image, 0, 0);
}
