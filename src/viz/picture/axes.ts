import { type Axis, type Layout, titleOf } from '../figure';
import type { Area } from './marks';
import type { Scale } from './scale';
import { element, text, textWidth } from './svg';

const faint = { stroke: '#e5e5e5', 'stroke-width': 1 };

/** Lines across the plot at the numbers of an axis; cells have a frame instead. */
export function grid({ x, y, left, right, top, bottom }: Area, framed: boolean): string[] {
  if (framed)
    return [element('rect', { x: left, y: top, width: right - left, height: bottom - top, fill: 'none', ...faint })];
  const across = y.ticks.map(({ at }) => element('line', { x1: left, x2: right, y1: at, y2: at, ...faint }));
  const up = x.ticks.map(({ at }) => element('line', { x1: at, x2: at, y1: top, y2: bottom, ...faint }));
  return [...(x.band ? [] : up), ...(y.band ? [] : across)];
}

/** Pixels below the plot for the horizontal axis: its labels, unless there are to be none, and its title. */
export function roomBelow({ tickvals, title }: Axis): number {
  return (tickvals?.length === 0 ? 12 : 28) + (title ? 16 : 0);
}

/** Labels and titles of both axes. */
export function labels({ xaxis = {}, yaxis = {} }: Layout, { x, y, left, right, top, bottom }: Area): string[] {
  const middle = { 'text-anchor': 'middle' };
  const turned = `translate(14 ${(top + bottom) / 2}) rotate(-90)`;
  return [
    ...fitting(x).map(({ at, label }) => text(label, { x: at, y: bottom + 16, ...middle })),
    ...y.ticks.map(({ at, label }) => text(label, { x: left - 6, y: at + 4, 'text-anchor': 'end' })),
    ...(xaxis.title
      ? [text(titleOf(xaxis), { x: (left + right) / 2, y: bottom + roomBelow(xaxis) - 8, ...middle })]
      : []),
    ...(yaxis.title ? [text(titleOf(yaxis), { transform: turned, ...middle })] : []),
  ];
}

/** Every label, or every second, third, … where they would run into each other. */
function fitting({ ticks }: Scale): Scale['ticks'] {
  const widest = Math.max(0, ...ticks.map(({ label }) => textWidth(label)));
  const [first, second] = ticks;
  const apart = first && second ? Math.abs(second.at - first.at) : Number.POSITIVE_INFINITY;
  const every = Math.max(1, Math.ceil((widest + 4) / apart));
  return ticks.filter((_, i) => i % every === 0);
}
