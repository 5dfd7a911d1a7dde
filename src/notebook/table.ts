import { check } from '../check';
import { escapeHtml } from './escapeHtml';
import { formatValue } from './formatValue';

/** One output in several forms: MIME type to content. A front end shows the richest one it knows. */
export type Bundle = Readonly<Record<string, unknown>>;

/** A row: an object whose keys name the columns, or an array. */
export type TableRow = Readonly<Record<string, unknown>> | readonly unknown[];

/**
 * Rows as a table in HTML and in text; columns in order of first appearance.
 *
 * @param caption a sentence above the table
 * @throws InputError when a row is neither an object nor an array
 * @example
 * table([{ sample: 0, MSE: 1.5e-29 }])['text/plain'];  // => 'sample      MSE\n     0  1.5e-29'
 */
export function table(rows: readonly TableRow[], caption = ''): Bundle {
  rows.forEach((row, i) => {
    check(
      typeof row === 'object' && row !== null,
      () => `table: row ${i} is ${String(row)}, expected an object or an array`,
    );
  });
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const heads = rows.some((row) => !Array.isArray(row)) ? columns : undefined;
  const cells = rows.map((row) => columns.map((name) => formatValue((row as Readonly<Record<string, unknown>>)[name])));
  const numeric = columns.map((name) =>
    rows.every((row) => isNumeric((row as Readonly<Record<string, unknown>>)[name])),
  );
  return { 'text/html': html(cells, heads, numeric, caption), 'text/plain': text(cells, heads, numeric, caption) };
}

function isNumeric(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'number';
}

function html(cells: string[][], heads: string[] | undefined, numeric: boolean[], caption: string): string {
  const line = (tag: 'td' | 'th', values: string[]): string => {
    const row = values.map(
      (v, c) => `<${tag} style="text-align:${numeric[c] ? 'right' : 'left'}">${escapeHtml(v)}</${tag}>`,
    );
    return `<tr>${row.join('')}</tr>`;
  };
  return [
    caption && `<p>${escapeHtml(caption)}</p>`,
    '<table>',
    heads && `<thead>${line('th', heads)}</thead>`,
    `<tbody>${cells.map((row) => line('td', row)).join('\n')}</tbody>`,
    '</table>',
  ]
    .filter(Boolean)
    .join('\n');
}

function text(cells: string[][], heads: string[] | undefined, numeric: boolean[], caption: string): string {
  const lines = heads ? [heads, ...cells] : cells;
  const widths = numeric.map((_, c) => Math.max(...lines.map((line) => (line[c] as string).length)));
  const pad = (v: string, c: number): string =>
    numeric[c] ? v.padStart(widths[c] as number) : v.padEnd(widths[c] as number);
  return [...(caption ? [caption] : []), ...lines.map((line) => line.map(pad).join('  ').trimEnd())].join('\n');
}
