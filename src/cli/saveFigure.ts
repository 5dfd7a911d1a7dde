import { join } from 'node:path';
import { writeAtomically } from '../data/files';
import type { Figure } from '../viz/figure';
import { staticPicture } from '../viz/staticPicture';

/** Writes a figure as plotly JSON and as SVG into a folder that is there; returns the picture's path. */
export function saveFigure(folder: string, name: string, figure: Figure): string {
  writeAtomically(join(folder, `${name}.plotly.json`), JSON.stringify(figure));
  const path = join(folder, `${name}.svg`);
  writeAtomically(path, staticPicture(figure).data);
  return path;
}
