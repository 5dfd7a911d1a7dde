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

/** Draws a layer, one pixel for each sample and neuron; the page scales it up. Samples not chosen step back. */
export function paint(canvas: HTMLCanvasElement, layer: Layer, chosen: ReadonlySet<number>, dark: boolean): void {
  const { silent, shared, exan, dimmed } = palettes[dark ? 'dark' : 'light'];
  canvas.width = layer.neurons;
  canvas.height = layer.samples;
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(layer.neurons, layer.samples);
  for (let m = 0; m < layer.samples; m++) {
    const weight = chosen.size === 0 || chosen.has(m) ? 1 : dimmed;
    for (let j = 0; j < layer.neurons; j++) {
      const colour = !layer.fires(m, j) ? silent : layer.owner(j) === m ? exan : shared;
      const at = 4 * (m * layer.neurons + j);
      for (let c = 0; c < 3; c++) image.data[at + c] = silent[c]! + weight * (colour[c]! - silent[c]!);
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}
