import { type Figure, type Layout, titleOf } from '../figure';
import { grid, labels, roomBelow } from './axes';
import { traceColour } from './colours';
import { type Legend, legend } from './legend';
import { type Area, bars, cells, points } from './marks';
import { columns, isPixels } from './pixels';
import { reach } from './reach';
import { scale } from './scale';
import { element, inTag, text, textWidth } from './svg';

/** Pixels of the title's letters; all others have 12. */
const titleSize = 15;

/** A figure as SVG, drawn as plotly draws it; `notes` stand below. */
export function chart({ data, layout }: Figure, notes: readonly string[]): string {
  const beside = legend({ data, layout });
  const area = areaOf({ data, layout }, beside);
  const title = titleOf(layout);
  const width = Math.ceil(Math.max(area.right + beside.width, 20 + (titleSize / 12) * textWidth(title)));
  const height = Math.ceil(area.bottom + roomBelow(layout.xaxis ?? {}) + 18 * notes.length);
  const attributes = inTag({
    xmlns: 'http://www.w3.org/2000/svg',
    'xmlns:xlink': 'http://www.w3.org/1999/xlink',
    ...{ width, height, viewBox: `0 0 ${width} ${height}` },
    style: 'max-width:100%;height:auto', // a narrower page shows all of it, smaller
    ...{ role: 'img', 'aria-label': title || 'figure' },
    ...{ 'font-family': 'sans-serif', 'font-size': 12, fill: '#333' },
  });
  return [
    `<svg${attributes}>`,
    element('rect', { width, height, fill: '#fff' }),
    text(title, { x: width / 2, y: 22, 'text-anchor': 'middle', 'font-size': titleSize }),
    ...(data.length > 0 ? [...grid(area, data.some(isPixels)), ...labels(layout, area)] : []),
    ...marks({ data, layout }, area),
    ...annotations(layout, area),
    ...beside.draw(area.right, area.top),
    ...notes.map((note, k) => text(note, { x: 10, y: height - 8 - 18 * (notes.length - 1 - k), fill: '#a00' })),
    '</svg>',
  ].join('\n');
}

/** The plot between its margins: as wide as labels and legend leave it, square cells where the figure asks for them. */
function areaOf({ data, layout }: Figure, beside: Legend): Area {
  const { width = 760, xaxis = {} } = layout;
  const height = data.length > 0 ? (layout.height ?? 360) : 0; // notes alone need no room for a plot
  // an image has its first row on top, whatever the axis says
  const yaxis = {
    ...layout.yaxis,
    ...(data.some((t) => t.type === 'image') ? { autorange: 'reversed' as const } : {}),
  };
  const [across, down] = [reach(data, 'x', xaxis), reach(data, 'y', yaxis)];
  const names = scale(yaxis, down, [height, 0]).ticks.map(({ label }) => textWidth(label));
  const [left, top] = [Math.max(10, ...names) + (yaxis.title ? 30 : 14), 40];
  let wide = Math.max(80, width - left - beside.width);
  let high = Math.max(40, beside.height + 20, height - top - roomBelow(xaxis));
  const pixels = data.find(isPixels);
  if (pixels && yaxis.scaleanchor) {
    const cell = Math.min(wide / columns(pixels), high / pixels.z.length);
    [wide, high] = [cell * columns(pixels), cell * pixels.z.length];
  }
  const [right, bottom] = [left + wide, top + high];
  const [x, y] = [scale(xaxis, across, [left, right]), scale(yaxis, down, [bottom, top])];
  return { x, y, left, right, top, bottom };
}

/** Words at their places; without arrows, which no figure here has. */
function annotations({ annotations = [] }: Layout, { x, y }: Area): string[] {
  return annotations.flatMap((note) => {
    const [across, down] = [x.at(note.x), y.at(note.y)];
    if (!Number.isFinite(across + down)) return [];
    return [
      text(String(note.text), { x: across, y: down + 4, 'text-anchor': 'middle', 'font-size': note.font?.size ?? 12 }),
    ];
  });
}

function marks({ data, layout }: Figure, area: Area): string[] {
  const barred = data.filter((trace) => trace.type === 'bar');
  return data.flatMap((trace, index) => {
    if (isPixels(trace)) return cells(trace, area);
    if (trace.type === 'bar')
      return bars(trace, [barred.indexOf(trace), barred.length], traceColour(index, layout), area);
    return points(trace, traceColour(index, layout), area);
  });
}
