import type { HeatmapTrace, ImageTrace, Trace } from '../figure';
import { png } from '../png';
import { heatColours } from './colours';

/** A trace whose cells are pixels. */
export type PixelTrace = HeatmapTrace | ImageTrace;

/** True for a trace of cells. */
export function isPixels(trace: Trace): trace is PixelTrace {
  return trace.type === 'heatmap' || trace.type === 'image';
}

/** The cells of a heat map or an image as PNG in base64, each `zoom` x `zoom` pixels; what has no value lets the page through. */
export function pixels(trace: PixelTrace, zoom: number): string {
  const height = trace.z.length;
  const width = columns(trace);
  const colour = trace.type === 'heatmap' ? heatColours(trace) : undefined;
  const bytes = new Uint8Array(height * width * zoom * zoom * 4);
  const line = width * zoom * 4;
  trace.z.forEach((cells, y) => {
    cells.forEach((cell, x) => {
      const rgb = typeof cell === 'number' ? colour?.(cell) : cell;
      for (let k = 0; rgb && k < zoom; k++) bytes.set([...rgb, 255], y * zoom * line + 4 * (x * zoom + k));
    });
    for (let k = 1; k < zoom; k++) bytes.copyWithin((y * zoom + k) * line, y * zoom * line, (y * zoom + 1) * line);
  });
  return base64(png({ height: height * zoom, width: width * zoom, channels: 4, bytes }));
}

/** A browser has no Buffer. */
function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Cells in the longest row. */
export function columns({ z }: PixelTrace): number {
  return z.reduce((most, cells) => Math.max(most, cells.length), 0);
}
