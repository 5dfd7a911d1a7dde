/**
 * Matrices that lie one behind the other, each transposed: channels x positions and positions x channels of several samples.
 *
 * @param rows of each matrix
 * @param columns of each matrix
 * @example
 * transposeParts(Float64Array.of(1, 2, 3, 4, 5, 6), 2, 3);  // => [1, 4, 2, 5, 3, 6]
 */
export function transposeParts(values: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(values.length);
  for (let part = 0, from = 0; part < values.length; part += rows * columns)
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[part + j * rows + i] = values[from++];
  return result;
}
