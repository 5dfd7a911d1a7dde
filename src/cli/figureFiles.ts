import { join } from 'node:path';
import { writeAtomically } from '../data/files';
import { type Figure, titleOf } from '../viz/figure';
import { columnsOfTable, figureTable } from '../viz/figureTable';
import { darkToo } from '../viz/picture/dark';
import { staticPicture } from '../viz/staticPicture';
import { figurePage } from './figurePage';
import { pngOf } from './figurePng';

/** What a figure is called and of what it is. */
export interface NamedFigure {
  readonly name: string;
  readonly about: string;
  /** the command that makes it again */
  readonly command: string;
  readonly figure: Figure;
}

/** Writes a figure as HTML, SVG, PNG and CSV into a folder that is there; returns the names of the files. */
export function writeFigure(folder: string, named: NamedFigure): string[] {
  const { name, figure } = named;
  const plain = staticPicture(figure).data;
  const svg = darkToo(plain);
  const png = pngOf(figure, plain);
  const files: Readonly<Record<string, string | Uint8Array | null>> = {
    html: figurePage(named, titleOf(figure.layout), svg),
    svg,
    png,
    csv: csvOf(figure),
  };
  return Object.entries(files).flatMap(([kind, content]) => {
    if (content === null) return [];
    writeAtomically(join(folder, `${name}.${kind}`), content);
    return [`${name}.${kind}`];
  });
}

/** The figure's data, a row for each point or cell (RFC 4180). */
export function csvOf(figure: Figure): string {
  const cell = (value: string | number): string =>
    typeof value === 'string' && /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : String(value);
  return [columnsOfTable, ...figureTable(figure)].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
