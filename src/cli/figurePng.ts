import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Figure } from '../viz/figure';
import { staticPicture } from '../viz/staticPicture';

/** Programs that draw SVG with the fonts of this machine, as they are called; the first one that works is taken. */
const renderers: readonly (readonly [name: string, options: (from: string, to: string, size: string) => string[]])[] = [
  ['rsvg-convert', (from, to) => ['--zoom', '2', '--output', to, from]],
  ...['chromium', 'chromium-browser', 'google-chrome'].map(
    (name) =>
      [
        process.env.EXAN_CHROMIUM ?? name,
        (from: string, to: string, size: string) => [
          ...['--headless', '--disable-gpu', '--hide-scrollbars', '--force-device-scale-factor=2'],
          ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), // root has none
          ...[`--window-size=${size}`, `--screenshot=${to}`, pathToFileURL(from).href],
        ],
      ] as const,
  ),
];

/**
 * A figure as PNG: drawn by a program of this machine, at two pixels for each of the SVG's; without one, pictures as their pixels, and
 * nothing for all else. No library: one that draws letters brings megabytes of fonts.
 */
export function pngOf(figure: Figure, svg: string): Uint8Array | null {
  const folder = mkdtempSync(join(tmpdir(), 'exan-figure-'));
  const [from, to] = [join(folder, 'figure.svg'), join(folder, 'figure.png')];
  const [, width = '760', height = '360'] = /^<svg [^>]*width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  try {
    writeFileSync(from, svg);
    for (const [name, options] of renderers) {
      const { status } = spawnSync(name, options(from, to, `${width},${height}`), { stdio: 'ignore', timeout: 60_000 });
      if (status === 0 && existsSync(to)) return readFileSync(to);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { mime, data } = staticPicture(figure, 'png');
  return figure.layout.meta?.picture && mime === 'image/png' ? Buffer.from(data, 'base64') : null;
}
