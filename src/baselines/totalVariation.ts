import { check } from '../check';
import { inputsOf, takesPlanes } from '../model/layers';
import type { DenseMatrix, ImageShape, Network, PlaneLayer } from '../types';
import type { Matched } from './gradientMatching';

/** Where the pixels of a sample lie: sizes, and how far apart neighbours stand. */
export interface Picture extends ImageShape {
  /** whether a sample is C x H x W, or H x W x C */
  readonly channelsFirst: boolean;
}

/**
 * How the network takes pictures: as planes where it has convolutions, else flattened with channels last as `image` says; null where
 * nobody says.
 *
 * @throws InputError when `image` does not fit the network
 */
export function pictureOf(caller: string, network: Network, image?: ImageShape): Picture | null {
  const shape = ({ channels, height, width }: ImageShape): string => `${channels} x ${height} x ${width}`;
  if (takesPlanes(network)) {
    const { input } = network.layers.find((layer) => 'input' in layer) as PlaneLayer;
    check(
      image === undefined || shape(image) === shape(input),
      () => `${caller}: image is ${image && shape(image)}, expected ${shape(input)} as in the network, or nothing`,
    );
    return { ...input, channelsFirst: true };
  }
  if (image === undefined) return null;
  check(
    image.height * image.width * image.channels === inputsOf(network),
    () => `${caller}: image is ${shape(image)}, expected ${inputsOf(network)} values (the network's inputs)`,
  );
  return { ...image, channelsFirst: false };
}

/**
 * An objective with `weight` times the total variation of its pictures added, which Inverting Gradients has as the mean difference of
 * neighbours along rows, plus that along columns, over all samples and channels.
 */
export function smoothed<Guess extends { readonly inputs: DenseMatrix }>(
  of: (guess: Guess) => Matched,
  picture: Picture,
  weight: number,
): (guess: Guess) => Matched {
  return (guess) => {
    const matched = of(guess);
    const slope = matched.inputs.data.slice();
    const rough = addTotalVariation(guess.inputs, picture, weight, slope);
    return { ...matched, loss: matched.loss + rough, inputs: { ...matched.inputs, data: slope } };
  };
}

/** Adds the derivative of `weight` times the total variation to `slope`; returns its value. */
function addTotalVariation(
  { rows, columns, data }: DenseMatrix,
  { channels, height, width, channelsFirst }: Picture,
  weight: number,
  slope: Float64Array,
): number {
  const [ofChannel, ofRow, ofColumn] = channelsFirst ? [height * width, width, 1] : [1, width * channels, channels];
  let total = 0;
  const along = (down: number, right: number, step: number): void => {
    const share = weight / (rows * channels * down * right);
    let sum = 0;
    for (let m = 0; m < rows; m++)
      for (let c = 0; c < channels; c++)
        for (let y = 0; y < down; y++) {
          let at = m * columns + c * ofChannel + y * ofRow;
          for (let x = 0; x < right; x++, at += ofColumn) {
            const difference = data[at + step] - data[at];
            const sign = Math.sign(difference) * share;
            sum += Math.abs(difference);
            slope[at + step] += sign;
            slope[at] -= sign;
          }
        }
    total += share * sum;
  };
  if (height > 1) along(height - 1, width, ofRow);
  if (width > 1) along(height, width - 1, ofColumn);
  return total;
}
