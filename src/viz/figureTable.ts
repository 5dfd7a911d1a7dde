import type { Figure, Trace } from './figure';

/** The columns of a figure's table. */
export const columnsOfTable = ['trace', 'x', 'y', 'value', 'text'] as const;

/** A row: the trace's name or number, where it lies, its value where it has one beside its place, what is written there. */
export type FigureRow = readonly [
  trace: string,
  x: string | number,
  y: string | number,
  value: string | number,
  text: string,
];

/**
 * The data of a figure as a table: a row for each point, bar or cell. The value of a cell is its number, of a pixel its red, green and blue;
 * cells without a value are left out.
 *
 * @example
 * viz.figureTable(viz.exanHeatmap({ counts: [[2, 1]] }))[1];  // => ['0', 'ReLU 1', 'sample 0', 1, '1']
 */
export function figureTable({ data }: Figure): FigureRow[] {
  return data.flatMap((trace, index) => ('z' in trace ? cellsOf(trace, `${index}`) : pointsOf(trace, `${index}`)));
}

function pointsOf(trace: Exclude<Trace, { readonly z: unknown }>, index: string): FigureRow[] {
  const { name = index, x, y } = trace;
  const words = trace.type === 'bar' ? trace.text : undefined;
  return x.map((at, k) => [name, at, y[k] ?? '', '', words?.[k] ?? ''] as const);
}

function cellsOf(trace: Extract<Trace, { readonly z: unknown }>, index: string): FigureRow[] {
  const { x, y, text } = trace.type === 'heatmap' ? trace : { x: undefined, y: undefined, text: undefined };
  const lines: readonly (readonly (number | readonly number[] | null)[])[] = trace.z;
  return lines.flatMap((line, r) =>
    line.flatMap((cell, c): FigureRow[] =>
      cell === null
        ? []
        : [[index, x?.[c] ?? c, y?.[r] ?? r, typeof cell === 'number' ? cell : cell.join(' '), text?.[r]?.[c] ?? '']],
    ),
  );
}
