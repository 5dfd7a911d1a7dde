import { type Ink, plainInk } from '../report/reportText';

/** Colours for a terminal that shows them: none in a file or pipe, where NO_COLOR is set (no-color.org), or on a dumb terminal. */
export function inkFor(stream: { readonly isTTY?: boolean }, env: Readonly<Record<string, string | undefined>>): Ink {
  if (!stream.isTTY || env.NO_COLOR || env.TERM === 'dumb') return plainInk;
  const code =
    (on: number, off: number) =>
    (text: string): string =>
      `\u001b[${on}m${text}\u001b[${off}m`;
  return {
    bad: (text) => code(1, 22)(code(31, 39)(text)),
    warn: code(33, 39),
    good: code(32, 39),
    faint: code(2, 22),
    bold: code(1, 22),
  };
}
