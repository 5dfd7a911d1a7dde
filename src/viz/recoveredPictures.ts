import type { Batch } from '../types';
import type { Figure } from './figure';
import { imageGrid } from './imageGrid';

/** What the figure needs of an attacked batch: its pictures, and what each true one was recovered to. */
export interface PictureRow {
  readonly status: string;
  /** dB, null where nothing was found */
  readonly psnr: readonly (number | null)[];
  readonly ssim: readonly (number | null)[];
  /** channels last */
  readonly pictures: { readonly truth: Batch; readonly recovered: Batch | null };
}

/**
 * The true pictures of a batch above those read back, with PSNR and SSIM below each: the form of Fig. 8 of the paper.
 *
 * @throws InputError when the truth has no pictures
 * @example
 * const pictures = { truth: secret, recovered: recovered(found) };
 * const row = { status: 'exact', psnr: new Array(8).fill(139.4), ssim: new Array(8).fill(1), pictures };
 * viz.recoveredPictures(row).layout.annotations?.[0]?.text;  // => '139, 1.000'
 */
export function recoveredPictures({ status, psnr, ssim, pictures }: PictureRow): Figure {
  const { truth, recovered } = pictures;
  const captions = psnr.map((v, m) => (v === null ? 'not found' : `${v.toFixed(0)}, ${(ssim[m] ?? 0).toFixed(3)}`));
  const options = { captions, caption: 'PSNR in dB, SSIM', title: `M = ${truth.labels.length}: ${status}` };
  return imageGrid(recovered ? { truth, recovered } : { truth }, options);
}
