import { type Figure, type Layout, type Trace, titleOf } from './figure';
import { chart } from './picture/chart';
import { pixels } from './picture/pixels';

/** A picture that needs no script: SVG as text, PNG as base64. */
export interface StaticPicture {
  readonly mime: 'image/svg+xml' | 'image/png';
  readonly data: string;
}

/**
 * The figure for places without plotly (GitHub, nbconvert, VS Code, an untrusted notebook), drawn from the same data: heat
 * maps, images, bars, lines and points as SVG, which says so below where a trace is of another kind; pictures as PNG too.
 *
 * @param format 'png' gives the cells of the first trace, each 3 x 3 pixels, without names; for pictures only
 * @example
 * viz.staticPicture(viz.exanHeatmap({ counts: [[2, 1]] })).mime;  // => 'image/svg+xml'
 */
export function staticPicture(figure: Figure, format: 'svg' | 'png' = 'svg'): StaticPicture {
  const [first] = figure.data;
  if (format === 'png' && (first?.type === 'heatmap' || first?.type === 'image'))
    return { mime: 'image/png', data: pixels(first, 3) };
  const { data, layout } = figure;
  const drawn = data.filter((trace) => isDrawn(trace, layout));
  const left = data.filter((trace) => !drawn.includes(trace));
  const kinds = [...new Set(left.map((trace) => (trace as { type?: unknown } | null)?.type ?? 'no type'))];
  const only = 'can only be seen in plotly';
  const note = `${left.length} of ${data.length} traces ${only} (${kinds.join(', ')})`;
  const mime = 'image/svg+xml';
  try {
    return { mime, data: chart({ data: drawn, layout }, left.length > 0 ? [note] : []) };
  } catch (error) {
    // a user's own figure may hold anything anywhere: what cannot be drawn is said, not hidden
    const title = { text: titleOf(layout) };
    return {
      mime,
      data: chart({ data: [], layout: { title } }, [`this figure ${only} (${(error as Error).message})`]),
    };
  }
}

/** True for a trace of a kind that is drawn here. */
function isDrawn(trace: Trace, layout: Layout): boolean {
  const { type, x, y, z, text, orientation, xaxis, yaxis } = (trace ?? {}) as unknown as Record<string, unknown>;
  const { barmode } = layout as { readonly barmode?: unknown };
  const listed = [x, y, text].every((values) => values === undefined || Array.isArray(values));
  if (!listed || (xaxis ?? 'x') !== 'x' || (yaxis ?? 'y') !== 'y') return false;
  if (type === 'scatter') return Array.isArray(y);
  if (type === 'bar') return Array.isArray(y) && orientation !== 'h' && (barmode ?? 'group') === 'group';
  const rows = (type === 'heatmap' || type === 'image') && Array.isArray(z) ? z : [];
  return rows.length > 0 && rows.every((line) => Array.isArray(line) && line.length > 0);
}
