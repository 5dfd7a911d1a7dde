import { matrix } from '../../../math/matrix';
import { float64 } from '../../../model/arithmetic';
import { kindOf } from '../../../model/layers';
import type { Hop } from './hop';
import { forgets, lastActivation } from './stages';

/** The equations that hold at a place: all active features, and silent ones that fire there. */
export function usedAt({ active }: Hop, r: Float64Array): Uint8Array {
  return active.map((a, k) => (a || r[k] !== 0 ? 1 : 0));
}

/** What leaves the layers in float64, without their last activation where it forgets values. */
export function exactly({ layers }: Hop, x: Float64Array): Float64Array {
  const last = lastActivation(layers);
  const end = last ? layers.lastIndexOf(last) : -1;
  const rest = layers.slice(end + 1).some(({ kind }) => kind === 'averagePool');
  const without = rest || !forgets(last) ? layers : layers.filter((_, k) => k !== end);
  return without.reduce((f, layer) => kindOf(layer).forward(layer, f, float64), matrix(1, x.length, x)).data;
}
