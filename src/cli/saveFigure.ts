import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from '../viz/figure';
import { staticPicture } from '../viz/staticPicture';

/** Writes a figure as plotly JSON and as SVG; returns the picture's path. */
export function saveFigure(folder: string, name: string, figure: Figure): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.plotly.json`), JSON.stringify(figure));
  const path = join(folder, `${name}.svg`);
  writeFileSync(path, staticPicture(figure).data);
  return path;
}
