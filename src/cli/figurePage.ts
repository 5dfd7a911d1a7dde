import { notSafe } from '../reconstruction/result';
import { document } from '../report/html/document';
import { type Markup, markup } from '../report/html/markup';
import { columnsOfTable, figureTable } from '../viz/figureTable';
import type { NamedFigure } from './figureFiles';

/** Rows of the table that a page shows; the file has all. */
const shown = 200;

/** A figure as one page that needs nothing else: the SVG, what it shows, the command that makes it again, its numbers. */
export function figurePage({ name, about, command, figure }: NamedFigure, title: string, svg: string): string {
  const rows = figureTable(figure);
  const body = markup`<main>
<h1>${title}</h1>
<p>${about}</p>
${{ html: svg }}
<p>Made again by <code>${command}</code></p>
<p><strong>“Not recovered” does not mean safe:</strong> ${notSafe}.</p>
${figure.layout.meta?.picture ? null : numbers(rows, `${name}.csv`)}
</main>`;
  return document(`${title} – exan`, body);
}

function numbers(rows: readonly (readonly (string | number)[])[], file: string): Markup {
  const used = columnsOfTable.filter((_, c) => rows.some((row) => row[c] !== ''));
  const at = used.map((name) => columnsOfTable.indexOf(name));
  const line = (row: readonly (string | number)[]): Markup =>
    markup`<tr>${at.map((c) => markup`<td>${row[c] ?? ''}</td>`)}</tr>\n`;
  const more = rows.length > shown ? `, the first ${shown} of ${rows.length} rows` : '';
  return markup`<details><summary>The numbers (${file}${more})</summary>
<table><thead><tr>${used.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${rows.slice(0, shown).map(line)}</tbody></table></details>`;
}
