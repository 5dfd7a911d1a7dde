import { type Annotation, type Figure, titleOf } from '../viz/figure';
import { staticPicture } from '../viz/staticPicture';
import { formatValue } from './formatValue';
import type { Bundle } from './table';

/**
 * A figure of this library or a user's own, of whatever traces plotly knows: plotly JSON, and where one can be drawn a static picture
 * beside it. No front end is to offer an upload of it: what it shows may be private.
 */
export function figureBundle(given: Figure): Bundle {
  const figure = forPlotly({ ...given, layout: given.layout ?? {} }) as Figure;
  const config = { ...(figure as { config?: object }).config, showSendToCloud: false, plotlyServerURL: '' };
  return {
    'application/vnd.plotly.v1+json': { ...figure, config },
    ...picture(figure, 'svg'),
    // an untrusted notebook does not show SVG: pictures have a PNG too
    ...(figure.layout.meta?.picture && picture(figure, 'png')),
    'text/plain': unlessItFails(() => describe(figure)) ?? '[figure]',
  };
}

/** What the notebook's JSON and plotly would not read: typed arrays become lists, titles that are plain strings objects. */
function forPlotly(value: unknown): unknown {
  if (ArrayBuffer.isView(value) && Symbol.iterator in value) return Array.from(value as Iterable<unknown>, Number);
  if (Array.isArray(value)) return value.map(forPlotly);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, v]) => [
      key,
      key === 'title' && typeof v === 'string' ? { text: v } : forPlotly(v),
    ]),
  );
}

/** A picture that cannot be drawn does not hide the figure. */
function picture(figure: Figure, format: 'svg' | 'png'): Bundle {
  const drawn = unlessItFails(() => staticPicture(figure, format));
  return drawn ? { [drawn.mime]: drawn.data } : {};
}

/** A user's own figure may hold anything anywhere. */
function unlessItFails<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** A figure in words: its title, and the cells of a small heat map, the heights of its bars or the captions of its pictures. */
function describe({ data, layout }: Figure): string {
  const lines = data.flatMap((trace) => {
    if (trace.type === 'bar' && Array.isArray(trace.x) && Array.isArray(trace.y))
      return trace.x.map((x, i) => `${x}: ${trace.text?.[i] ?? formatValue(trace.y[i])}`);
    if (trace.type !== 'heatmap' || !Array.isArray(trace.text)) return [];
    return trace.text.map((row, y) => `${trace.y?.[y] ?? y}: ${[row].flat().join(' ')}`);
  });
  const captions = (layout.annotations ?? []).map(({ text }: Annotation) => text);
  const pictures =
    layout.meta?.picture && captions.length > 0 ? [`${captions.length} pictures: ${captions.join(', ')}`] : [];
  return [`[figure] ${titleOf(layout)}`, ...lines, ...pictures].join('\n');
}
