import { matrix } from '../../math/matrix';
import type { DenseMatrix, PlaneShape } from '../../types';

/** Planes as a matrix with one row for each position of each sample and one column for each channel: (M H W) x C. */
export function toPositions(planes: DenseMatrix, { channels, height, width }: PlaneShape): DenseMatrix {
  const places = height * width;
  const result = matrix(planes.rows * places, channels);
  for (let m = 0, from = 0; m < planes.rows; m++)
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < places; p++) result.data[(m * places + p) * channels + c] = planes.data[from++];
  return result;
}

/** The inverse: M x (C H W). */
export function toPlanes(positions: DenseMatrix, { channels, height, width }: PlaneShape): DenseMatrix {
  const places = height * width;
  const result = matrix(positions.rows / places, channels * places);
  for (let m = 0, to = 0; m < result.rows; m++)
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < places; p++) result.data[to++] = positions.data[(m * places + p) * channels + c];
  return result;
}
