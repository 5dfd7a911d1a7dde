import { axpy, matrix, norm, row } from '../../math/matrix';
import { nullSpace } from '../../math/nullSpace';
import { normal, rng } from '../../math/rng';
import type { DenseMatrix } from '../../types';
import type { LocalIdentifiability } from '../identifiability/localIdentifiability';

/**
 * Null directions that leave some entries alone, drawn at random (M x d0, Frobenius norm 1).
 *
 * @param held entries of X that may not move
 * @returns undefined when there are none, or more than a thousand null directions, too many to sort
 */
export function holding(
  { nullity, direction }: LocalIdentifiability,
  held: readonly number[],
): ((seed: number) => DenseMatrix | undefined) | undefined {
  if (held.length === 0) return direction;
  if (nullity > 1000) return undefined;
  const basis = Array.from({ length: nullity }, (_, k) => direction(k + 1) as DenseMatrix);
  const onHeld = matrix(held.length, nullity);
  held.forEach((entry, i) => {
    for (let k = 0; k < nullity; k++) onHeld.data[i * nullity + k] = basis[k].data[entry];
  });
  const { basis: free } = nullSpace(onHeld);
  if (free.rows === 0) return undefined;
  return (seed) => {
    const uniform = rng(seed);
    const weights = new Float64Array(nullity);
    for (let f = 0; f < free.rows; f++) axpy(normal(uniform), row(free, f), weights);
    const { rows, columns } = basis[0];
    const sum = matrix(rows, columns);
    for (let k = 0; k < nullity; k++) axpy(weights[k], basis[k].data, sum.data);
    for (const entry of held) sum.data[entry] = 0;
    const size = norm(sum.data);
    return matrix(
      rows,
      columns,
      sum.data.map((v) => v / size),
    );
  };
}
