/**
 * What the gradient of each step counts for in an update over the rate: 1 in plain SGD; under momentum it goes on moving the weights in all
 * later steps, 1 + momentum + momentum² + … times (method 12).
 *
 * @example
 * stepWeights(3, 0.5);  // => Float64Array [1.75, 1.5, 1]
 */
export function stepWeights(steps: number, momentum = 0): Float64Array {
  const weights = new Float64Array(steps).fill(1);
  for (let t = steps - 2; t >= 0; t--) weights[t] += momentum * weights[t + 1];
  return weights;
}
