import type { ImageShape } from '../types';

/** Where the pictures of a grid lie, in its own pixels: blocks of rows, one row for each batch, captions below each block. */
export interface PictureBlocks {
  readonly blocks: number;
  /** pictures in a row */
  readonly columns: number;
  readonly width: number;
  readonly height: number;
  /** screen pixels for each pixel, where the page has room */
  readonly scale: number;
  /** the upper left pixel of a batch's picture */
  corner(batch: number, place: number): { readonly x: number; readonly y: number };
  /** the middle of what is written below a place's pictures */
  caption(place: number): { readonly x: number; readonly y: number };
  /** the batch and the place whose picture covers a pixel; null between pictures */
  covering(x: number, y: number): { readonly batch: number; readonly place: number } | null;
}

/** Pixels between two pictures. */
const gap = 2;
/** Screen pixels that the narrowest page has for a row. */
const across = 480;
/** Screen pixels of a letter of a caption, of the air around it, and of its line. */
const [letter, air, line] = [5.5, 6, 18];

/**
 * As many pictures in a row as the narrowest page has room for, with their captions, and rows of about the same length.
 *
 * @param longest letters of the longest caption
 */
export function pictureBlocks(
  { height, width }: Pick<ImageShape, 'height' | 'width'>,
  { batches, places, longest }: { readonly batches: number; readonly places: number; readonly longest: number },
): PictureBlocks {
  const least = Math.max(30, Math.min(width, 58), letter * longest + air);
  const blocks = Math.ceil(places / Math.max(1, Math.floor(across / least)));
  const columns = Math.ceil(places / blocks);
  const all = columns * (width + gap) - gap;
  const scale = Math.max(least / (width + gap), Math.min(3, 900 / all));
  const below = Math.ceil(line / Math.min(scale, across / all));
  const block = batches * (height + gap) + below;
  return {
    blocks,
    columns,
    width: all,
    height: blocks * block,
    scale,
    corner: (batch, place) => ({
      x: (place % columns) * (width + gap),
      y: Math.floor(place / columns) * block + batch * (height + gap),
    }),
    caption: (place) => ({
      x: (place % columns) * (width + gap) + (width - 1) / 2,
      y: (Math.floor(place / columns) + 1) * block - below / 2 - 0.5,
    }),
    covering(x, y) {
      const [column, batch] = [Math.floor(x / (width + gap)), Math.floor((y % block) / (height + gap))];
      const inside = x % (width + gap) < width && batch < batches && (y % block) % (height + gap) < height;
      const place = Math.floor(y / block) * columns + column;
      return inside && place < places ? { batch, place } : null;
    },
  };
}
