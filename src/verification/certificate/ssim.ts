import type { ImageShape } from '../../types';

/**
 * Structural similarity of two pictures with values in [0, 1]: mean over channels and all 7 x 7 windows, with the constants
 * and the uniform window of scikit-image (Wang et al. 2004, eq. 13). On float data, which 8-bit libraries would round.
 *
 * @param x height * width * channels values, channels last
 * @returns 1 for equal pictures
 * @example
 * const digit = secret.inputs.data.subarray(0, 784);
 * ssim(digit, digit.map((v) => v / 2), { height: 28, width: 28, channels: 1 });  // => 0.752
 */
export function ssim(x: Float64Array, y: Float64Array, { height, width, channels }: ImageShape): number {
  const side = Math.min(7, height, width);
  const count = side * side;
  let total = 0;
  let windows = 0;
  for (let top = 0; top + side <= height; top++)
    for (let left = 0; left + side <= width; left++)
      for (let c = 0; c < channels; c++) {
        let [sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0];
        for (let i = top; i < top + side; i++)
          for (let j = left; j < left + side; j++) {
            const a = x[(i * width + j) * channels + c];
            const b = y[(i * width + j) * channels + c];
            sx += a;
            sy += b;
            sxx += a * a;
            syy += b * b;
            sxy += a * b;
          }
        total += windowSsim([sx, sy, sxx, syy, sxy], count);
        windows++;
      }
  return total / windows;
}

/** Of one window, from its sums of x, y, x², y² and x y. */
function windowSsim([sx, sy, sxx, syy, sxy]: readonly number[], count: number): number {
  const mx = sx / count;
  const my = sy / count;
  const unbias = 1 / Math.max(count - 1, 1);
  const vx = (sxx - count * mx * mx) * unbias;
  const vy = (syy - count * my * my) * unbias;
  const cov = (sxy - count * mx * my) * unbias;
  const c1 = 0.01 ** 2;
  const c2 = 0.03 ** 2;
  return ((2 * mx * my + c1) * (2 * cov + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2));
}
