import { matrix } from '../../math/matrix';
import { transposeParts } from '../../math/transposeParts';
import type { DenseMatrix, PlaneShape } from '../../types';

/** Planes as a matrix with one row for each position of each sample and one column for each channel: (M H W) x C. */
export function toPositions({ rows, data }: DenseMatrix, { channels, height, width }: PlaneShape): DenseMatrix {
  const places = height * width;
  return matrix(rows * places, channels, transposeParts(data, channels, places));
}

/** The inverse: M x (C H W). */
export function toPlanes({ rows, data }: DenseMatrix, { channels, height, width }: PlaneShape): DenseMatrix {
  const places = height * width;
  return matrix(rows / places, channels * places, transposeParts(data, places, channels));
}
