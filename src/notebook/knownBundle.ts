import type { Batch } from '../types';
import { exanHeatmap } from '../viz/exanHeatmap';
import { exclusivityMap, exclusivityMime } from '../viz/exclusivityMap';
import { imageGrid } from '../viz/imageGrid';
import { certificateBundle, convExposureBundle, exposureBundle, reconstructionBundle, scoreBundle } from './answers';
import { figureBundle } from './figureBundle';
import { gradientInWords, networkInWords, samplesInWords, updateInWords } from './inWords';
import * as is from './kinds';
import type { Bundle } from './table';

/** Pictures of a batch that are drawn when nobody asked for more. */
const drawn = 256;

/** How a value is shown. */
export interface ShowOptions {
  /** the true batch: recovered samples then have its numbers, as the exclusivity map has, not those of the attack */
  readonly truth?: Batch;
  /** rows of a table that are shown. @default all */
  readonly rows?: number;
}

/**
 * What this library's own values look like: figures as figures, batches of pictures and exclusivity states as theirs; answers as
 * tables; networks, gradients and data in a line. Undefined for all others. The kernel shows what a cell ends with in this way too.
 */
export function knownBundle(value: unknown, options: ShowOptions = {}): Bundle | undefined {
  if (is.isConvNet(value) || is.isMlp(value)) return words(networkInWords(value));
  if (!is.isPlain(value)) return undefined;
  if (is.isFigure(value)) return figureBundle(value);
  if (is.isState(value)) return { [exclusivityMime]: exclusivityMap(value), ...figureBundle(exanHeatmap(value)) };
  if (is.isCertificate(value)) return certificateBundle(value);
  if (is.isReconstruction(value)) return reconstructionBundle(value, options);
  if (is.isScore(value)) return scoreBundle(value, options);
  if (is.isExposure(value)) return exposureBundle(value, options);
  if (is.isConvExposure(value)) return convExposureBundle(value);
  if (is.isGradient(value)) return words(gradientInWords(value));
  if (is.isUpdate(value)) return words(updateInWords(value));
  if (!is.isBatch(value)) return undefined;
  const line = samplesInWords(value);
  return value.image && value.labels.length <= drawn
    ? { ...figureBundle(imageGrid({ batch: value })), 'text/plain': line }
    : words(line);
}

function words(line: string): Bundle {
  return { 'text/plain': line };
}
