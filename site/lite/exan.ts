// What a notebook of the JavaScript kernel of JupyterLite loads: the library, some digits, and `show`.
import { type Dataset, type Figure, viz } from '../../src/browser';
import { digitsOf } from '../worker/digits';

declare const DIGITS: string; // put here by lite.mjs: a byte for each pixel, base64

export * from '../../src/browser';

/** Real digits, twenty of each. */
export const digits: Dataset = digitsOf(Uint8Array.from(atob(DIGITS), (c) => c.charCodeAt(0)));

/** Shows a figure below the cell; the kernel itself shows text only. */
export function show(figure: Figure): void {
  const data = { 'image/svg+xml': viz.staticPicture(figure).data, 'text/plain': figure.layout.title.text };
  (self as unknown as { postMessage(message: object): void }).postMessage({
    type: 'display_data',
    bundle: { data, metadata: {} },
  });
}
