import type { BarTrace, Figure, HeatmapTrace, ScatterTrace } from '../figure';
import { heatColours, heatRange, traceColour } from './colours';
import { linePath, symbol } from './marks';
import { element, text, textWidth } from './svg';

/** What stands right of the plot. */
export interface Legend {
  /** pixels across */
  readonly width: number;
  /** pixels down that it needs */
  readonly height: number;
  readonly draw: (left: number, top: number) => string[];
}

/** The names of traces where there are several, or the colour bar of a heat map without numbers in its cells. */
export function legend({ data, layout }: Figure): Legend {
  const named = data.flatMap((trace, index) =>
    (trace.type === 'bar' || trace.type === 'scatter') && trace.name
      ? [{ trace, index, name: String(trace.name) }]
      : [],
  );
  if (named.length > 1)
    return {
      width: 54 + Math.max(...named.map(({ name }) => textWidth(name))),
      height: 18 * named.length,
      draw: (left, top) =>
        named.flatMap(({ trace, index, name }, k) => {
          const y = top + 12 + 18 * k;
          return [...key(trace, traceColour(index, layout), left + 14, y), text(name, { x: left + 44, y: y + 4 })];
        }),
    };
  const heat = data.find((trace) => trace.type === 'heatmap');
  return heat && !heat.text && heat.showscale !== false ? colourBar(heat) : { width: 20, height: 0, draw: () => [] };
}

/** What stands for a trace, 24 pixels wide. */
function key(trace: BarTrace | ScatterTrace, colour: string, x: number, y: number): string[] {
  if (trace.type === 'bar') return [element('rect', { x: x + 6, y: y - 6, width: 12, height: 12, fill: colour })];
  const { mode = 'lines+markers', line, marker } = trace;
  return [
    ...(mode.includes('lines') ? [linePath(`M${x} ${y}L${x + 24} ${y}`, line, colour)] : []),
    ...(mode.includes('markers') ? [symbol([x + 12, y], marker?.symbol, colour)] : []),
  ];
}

function colourBar(trace: HeatmapTrace): Legend {
  const [low, high] = heatRange(trace);
  const colour = heatColours(trace);
  const written = [high, (low + high) / 2, low].map((v) => String(Number(v.toPrecision(3))));
  const steps = 50;
  return {
    width: 44 + Math.max(...written.map(textWidth)),
    height: 2 * steps,
    draw: (left, top) => [
      ...Array.from({ length: steps }, (_, k) => {
        const fill = `rgb(${colour(high - ((high - low) * k) / (steps - 1))})`;
        return element('rect', { x: left + 14, y: top + 2 * k, width: 14, height: 2.2, fill });
      }),
      ...written.map((label, k) => text(label, { x: left + 34, y: top + 8 + k * (steps - 4) })),
    ],
  };
}
