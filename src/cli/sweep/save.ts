import { join } from 'node:path';
import { writeAtomically } from '../../data/files';
import { saveFigure } from '../saveFigure';
import type { Presented } from './sweep';

/** Writes rows and figures into a folder; `name` is that of the rows, and `prefix` opens those of the figures. Returns the pictures' paths. */
export function save(folder: string, name: string, { rows, figures }: Presented, prefix = ''): string[] {
  writeAtomically(join(folder, `${name}.json`), JSON.stringify(rows, null, 1));
  return Object.entries(figures).map(([own, figure]) => saveFigure(folder, prefix + own, figure));
}
