import { nullVector } from '../../math/nullVector';
import { affine } from '../../model/forward';
import type { AffineLayer, Network } from '../../types';
import { acceptable } from './acceptable';
import { topFeatures } from './inputs';
import type { LossSubspace } from './lossSubspace';
import { alike, type LossColumn, polish } from './polish';

/**
 * Replaces false columns. Combinations of samples can be columns in all respects (for K = 2, m1 - m2 + m3 of three
 * patterns is often a pattern): they have zeros, a loss vector and no misfit. But the features that go with the columns
 * know better: those of a false column are a real sample's, whose own pattern is another one. So where the pattern of the
 * features differs from the column's, the column is made anew from the features' zeros.
 *
 * @param columns as many as the rank
 * @returns columns with replacements, or null when nothing was found to replace
 */
export function mend(model: Network, space: LossSubspace, columns: readonly LossColumn[]): LossColumn[] | null {
  const top = topFeatures(space, columns);
  if (!top) return null;
  const layer = model.layers[model.layers.length - 2] as AffineLayer;
  const z = affine(layer, top.features);
  let mended: LossColumn[] | null = null;
  columns.forEach((column, m) => {
    const on = Uint8Array.from(space.live, (j) => ((z.data[m * z.columns + j] as number) > 0 ? 1 : 0));
    const differing = on.reduce((count, x, j) => count + (x === column.on[j] ? 0 : 1), 0);
    if (differing === 0) return;
    const off = [...on.keys()].filter((j) => on[j] === 0);
    if (off.length < space.rank - 1) return;
    const made = nullVector(space.u, off, column.q);
    const better = made && polish(space, made.vector);
    if (!better || !acceptable(better)) return;
    const list = mended ?? [...columns];
    if (list.some((c) => alike(c.q, better.q) > 1 - 1e-6)) return;
    list[m] = better;
    mended = list;
  });
  return mended;
}
