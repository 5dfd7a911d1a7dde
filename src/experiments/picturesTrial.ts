import { check } from '../check';
import type { Dataset } from '../data/dataset';
import { captureGradient } from '../gradient/captureGradient';
import type { ConvInitialiser } from '../model/initialiseConv';
import type { Batch, ImageShape, Precision } from '../types';
import { type ConvolutionalRow, fitting } from './convolutionalBatches';
import { type ConvolutionalTrial, convolutionalTrial } from './convolutionalTrial';
import { type Experiment, samplesOf, type TrialWatch } from './sweep/experiment';
import { type VictimName, victimNetwork } from './victimNetworks';

/** One network with convolutions and one batch: everything that a trial's result depends on, beside the pictures. */
export interface PicturesPoint {
  /** name of the data set */
  readonly data: string;
  readonly network: VictimName;
  readonly init: ConvInitialiser;
  /** of the pictures, in pixels */
  readonly side: number;
  /** M */
  readonly size: number;
  /** of network and batch */
  readonly seed: number;
  readonly precision: Precision;
  /** time for one batch */
  readonly seconds: number;
}

/** Pictures as a log keeps them: bytes in base64, to be looked at, not to be measured. */
interface PackedPictures {
  readonly image: ImageShape;
  readonly labels: readonly number[];
  readonly bytes: string;
}

/** A finished trial. */
export interface PicturesTrial extends PicturesPoint, Omit<ConvolutionalTrial, 'size' | 'pictures' | 'seconds'> {
  readonly took: number;
  readonly pictures: { readonly truth: PackedPictures; readonly recovered: PackedPictures | null };
}

/** The trials of {@link convolutionalBatches} on networks that have a name. */
export const convolutions: Experiment<PicturesPoint, PicturesTrial> = {
  name: 'convolutions',
  version: 1,
  note: ({ size, seed }) => `M = ${size}, seed ${seed}`,
  run: picturesTrial,
};

/** The points of a grid, row by row. */
export function picturesPoints(
  common: Omit<PicturesPoint, 'size' | 'seed'>,
  { sizes, seeds }: { readonly sizes: readonly number[]; readonly seeds: readonly number[] },
): PicturesPoint[] {
  return sizes.flatMap((size) => seeds.map((seed) => ({ ...common, size, seed })));
}

/** The trial as a row of {@link convolutionalBatches}, its pictures rounded to bytes. */
export function picturesRow(trial: PicturesTrial): ConvolutionalRow {
  const { network: _, init: __, side: ___, precision: ____, took, pictures, ...row } = trial;
  const { truth, recovered } = pictures;
  const unpacked = { truth: unpack(truth), recovered: recovered && unpack(recovered) };
  return { ...row, seconds: took, pictures: unpacked };
}

/** dB that an error below which float64 has no more places would give: so that a trial can be written as JSON. */
const perfect = 400;

async function picturesTrial(
  point: PicturesPoint,
  samples: Dataset | undefined,
  { signal, ...watch }: TrialWatch,
): Promise<PicturesTrial> {
  const { network, init, size, seed, precision, seconds } = point;
  const dataset = samplesOf(convolutions, samples);
  const { image, classes } = dataset;
  check(image !== undefined, () => 'convolutions: the data set has no pictures, expected some');
  const model = victimNetwork(network, image, { classes, init, seed });
  const truth = dataset.draw({ size, seed });
  const gradient = captureGradient(model, fitting('convolutions', model, truth), { precision });
  const options = { ...watch, seconds, ...(signal && { signal }) };
  const { pictures, seconds: took, ...found } = await convolutionalTrial(model, gradient, truth, options);
  signal?.throwIfAborted(); // an answer cut short is none of the experiment's
  return {
    ...point,
    ...found,
    psnr: found.psnr.map((dB) => (dB === null ? null : Math.min(dB, perfect))),
    took,
    pictures: { truth: pack(pictures.truth, image), recovered: pictures.recovered && pack(pictures.recovered, image) },
  };
}

function pack({ inputs, labels }: Batch, image: ImageShape): PackedPictures {
  const bytes = Uint8Array.from(inputs.data, (v) => Math.round(255 * Math.min(1, Math.max(0, v))));
  return { image, labels: [...labels], bytes: Buffer.from(bytes).toString('base64') };
}

function unpack({ image, labels, bytes }: PackedPictures): Batch {
  const data = Float64Array.from(Buffer.from(bytes, 'base64'), (v) => v / 255);
  const rows = labels.length;
  return { inputs: { rows, columns: data.length / rows, data }, labels: Int32Array.from(labels), image };
}
