import { escapeHtml } from '../../notebook/escapeHtml';

/** HTML that is meant as such; everything else is text. */
export interface Markup {
  readonly html: string;
}

/** What may stand in a template: text and numbers are escaped, markup and lists of it are not, null is nothing. */
export type Part = string | number | Markup | null | readonly Part[];

/** Control characters, direction marks and the like: what makes a page show something else than it says. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * HTML from a template, each value in it escaped: names from files cannot become elements, nor turn the text around.
 *
 * @example
 * markup`<p>${'<b>'}</p>`.html;  // => '<p>&#60;b&#62;</p>'
 */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { html: strings.map((s, i) => (i === 0 ? s : flat(parts[i - 1] ?? null) + s)).join('') };
}

function flat(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string')
    return escapeHtml(part.replace(unseen, (c) => (c === '\n' ? c : `\\u{${c.codePointAt(0)?.toString(16)}}`)));
  return 'html' in part ? part.html : part.map(flat).join('');
}

/** A cell: its content, and whether it is a number. */
export type Cell = Part | { readonly number: Part };

/**
 * A table with a caption, column heads and row heads; its cells wrap rather than push the page wide. Where the page is narrow, rows of four
 * and more columns become blocks, so the roles are said too: a block has none.
 *
 * @param faint rows that are set back
 */
export function tableOf(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
  faint: (row: number) => boolean = () => false,
): Markup {
  const kind = heads.length > 3 ? 'wide' : 'plain';
  return markup`<table role="table" class="${kind}"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads.map((head) => markup`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(
    (row, r) =>
      markup`<tr role="row" class="${faint(r) ? 'off' : 'on'}">${row.map((cell, k) => cellOf(cell, k, heads[k] ?? ''))}</tr>\n`,
  )}</tbody></table>`;
}

function cellOf(cell: Cell, k: number, head: string): Markup {
  const isNumber = cell !== null && typeof cell === 'object' && 'number' in cell;
  const content = isNumber ? cell.number : cell;
  if (k === 0) return markup`<th role="rowheader" scope="row">${content}</th>`;
  return markup`<td role="cell" class="${isNumber ? 'number' : 'text'}" data-head="${head}">${content}</td>`;
}
