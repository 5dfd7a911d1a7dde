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

/** How a table is laid out. */
export interface TableOptions {
  /** whether its rows become blocks where the page is narrow. @default false */
  readonly wide?: boolean;
  /** rows that are set back */
  readonly faint?: (row: number) => boolean;
}

/** A table with a caption, column heads and row heads; its roles are said too, since rows that become blocks have none. */
export function tableOf(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
  { wide = false, faint = () => false }: TableOptions = {},
): Markup {
  const body = rows.map(
    (row, r) =>
      markup`<tr role="row" class="${faint(r) ? 'off' : 'on'}">${row.map((cell, k) => cellOf(cell, k, heads[k] ?? ''))}</tr>\n`,
  );
  return markup`<table role="table" class="${wide ? 'wide' : 'plain'}"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads.map((head) => markup`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">${body}</tbody></table>`;
}

function cellOf(cell: Cell, k: number, head: string): Markup {
  const isNumber = cell !== null && typeof cell === 'object' && 'number' in cell;
  const content = isNumber ? cell.number : cell;
  if (k === 0) return markup`<th role="rowheader" scope="row">${content}</th>`;
  return markup`<td role="cell" class="${isNumber ? 'number' : 'text'}" data-head="${head}">${content}</td>`;
}

/** With a capital at the beginning. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
