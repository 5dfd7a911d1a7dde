import { matrix, norm, row } from '../../math/matrix';
import { winner } from '../../model/layers/maxPool';
import { eachWindow } from '../../model/layers/planes';
import { SIX } from '../../model/layers/relu6';
import { patchesOf } from '../../model/layers/sampleParts';
import type { AffineLayer, Conv2dLayer, DenseMatrix, Layer, Network } from '../../types';
import { down, type Pass } from './passes';
import { rowSquares } from './replayNoise';

/** A convolution, what stands on it, and the pass that has come to what leaves both. */
export interface Standing {
  readonly net: Network;
  /** index of the convolution */
  readonly k: number;
  /** index of the layer that what leaves enters */
  readonly end: number;
  readonly above: Pass;
  /** largest error of the values that enter a layer */
  readonly error: (layer: number) => number;
}

/** A neuron that may fire or not, or a window that may have another winner, for all that rounding tells: the value that turns it. */
interface Flip {
  /** the mask, values entering this layer */
  readonly layer: number;
  readonly sample: number;
  readonly at: number;
  readonly value: number;
  /** how far the value is from turning by itself */
  readonly distance: number;
}

/** Positive, and no more. */
const tiny = 1e-300;
/** Flips of a filter at most; a batch that is wrong finds no better explanation in more. */
const most = 8;
/** Of the neurons of a filter that errors leave open, those nearest to turning are tried: where bars are wide, all would take minutes. */
const mostTried = 64;

/**
 * Filters of a convolution that are not explained though others are: a neuron within rounding of zero, or a window with two winners,
 * fell on the other side when the client computed its gradient. Turns those, in `masks`, that the shared gradient asks for. May be left
 * between two filters.
 *
 * @param masks values entering each layer, replaced where something is turned
 * @param gap shared minus replayed gradient of the convolution
 * @param allowed squared size of each row of the gap up to which it is explained
 * @returns whether anything was turned
 */
export function* settleFlips(
  standing: Standing,
  masks: DenseMatrix[],
  gap: AffineLayer,
  allowed: Float64Array,
): Generator<void, boolean> {
  const layer = standing.net.layers[standing.k] as Conv2dLayer;
  const gaps = rowSquares(gap);
  const open = [...allowed.keys()].filter((o) => gaps[o] > allowed[o]);
  if (open.length === 0 || open.length > most + allowed.length / 4) return false;
  const flips = flipsOf(standing, masks, new Set(open));
  const known: DenseMatrix[] = [];
  const patchesAt = (sample: number): DenseMatrix => {
    known[sample] ??= patchesOf(layer, standing.above.values[standing.k], { first: sample, count: 1 });
    return known[sample];
  };
  let turned = false;
  for (const o of open) {
    yield;
    const nearest = (flips.get(o) ?? []).sort((a, b) => a.distance - b.distance);
    const own = nearest.slice(0, mostTried);
    const effects = own.map((flip) => effectOf(standing, masks, flip, o, patchesAt(flip.sample)));
    let left = joined(gap, o);
    for (let n = 0; n < most && effects.length > 0 && square(left) > allowed[o]; n++) {
      const tried = effects.map((effect) => left.map((v, i) => v - effect[i]));
      const squares = tried.map(square);
      const best = squares.indexOf(Math.min(...squares));
      if (!(squares[best] < square(left) / 2)) break;
      turn(masks, own[best]);
      left = tried[best];
      own.splice(best, 1);
      effects.splice(best, 1);
      turned = true;
    }
  }
  return turned;
}

/** By filter, what may be turned between the convolution and what stands above. */
function flipsOf({ net, k, end, above, error }: Standing, masks: readonly DenseMatrix[], open: Set<number>) {
  const { rows } = (net.layers[k] as Conv2dLayer).weight;
  const found = new Map<number, Flip[]>();
  for (let layer = k + 1; layer < end; layer++) {
    const { columns } = above.values[layer];
    for (let sample = 0; sample < above.values[layer].rows; sample++)
      for (const flip of turnable(
        net.layers[layer],
        row(masks[layer], sample),
        row(above.values[layer], sample),
        error(layer),
      )) {
        const filter = Math.floor((flip.at * rows) / columns);
        if (!open.has(filter)) continue;
        const { above: higher, ...what } = flip;
        const of = { ...what, layer: layer + higher, sample };
        found.set(filter, [...(found.get(filter) ?? []), of]);
      }
  }
  return found;
}

/** What a layer leaves open for one sample; `above` is 1 where the mask is what leaves the layer. */
function turnable(layer: Layer, mask: Float64Array, values: Float64Array, error: number) {
  const found: (Pick<Flip, 'at' | 'value' | 'distance'> & { above: 0 | 1 })[] = [];
  const add = (at: number, value: number, distance: number, above: 0 | 1): void => {
    if (distance <= error) found.push({ at, value, distance, above });
  };
  if (layer.kind === 'relu') values.forEach((z, at) => add(at, z > 0 ? 0 : tiny, Math.abs(z), 1));
  if (layer.kind === 'leakyRelu' || layer.kind === 'relu6')
    values.forEach((z, at) => {
      add(at, z > 0 ? 0 : tiny, Math.abs(z), 0);
      if (layer.kind === 'relu6') add(at, z < SIX ? SIX : SIX / 2, Math.abs(z - SIX), 0);
    });
  if (layer.kind === 'maxPool')
    eachWindow(layer, (_, first) => {
      const won = winner(layer, mask, first);
      if (mask[won] === 0) return;
      for (let a = 0; a < layer.size; a++)
        for (let b = 0; b < layer.size; b++) {
          const at = first + a * layer.input.width + b;
          if (at !== won) add(at, mask[won] + Math.abs(mask[won]) * 2 ** -50, values[won] - values[at], 0);
        }
    });
  return found;
}

/** What turning it does to a row of the gradient. */
function effectOf(
  { net, k, end, above }: Standing,
  masks: readonly DenseMatrix[],
  flip: Flip,
  o: number,
  patches: DenseMatrix,
) {
  const { sample } = flip;
  const alone = (all: DenseMatrix): DenseMatrix => matrix(1, all.columns, row(all, sample).slice());
  const pass = { ...above, delta: alone(above.delta) };
  const own = masks.map((mask, j) => (j > k && j <= end ? alone(mask) : mask));
  const before = down(net, pass, own, [end, k]).delta;
  turn(own, { ...flip, sample: 0 });
  const after = down(net, pass, own, [end, k]).delta;
  const effect = new Float64Array(patches.columns + 1);
  for (let p = 0; p < patches.rows; p++) {
    const change = after.data[o * patches.rows + p] - before.data[o * patches.rows + p];
    if (change === 0) continue;
    row(patches, p).forEach((x, i) => {
      effect[i] += change * x;
    });
    if ((net.layers[k] as Conv2dLayer).bias) effect[patches.columns] += change;
  }
  return effect;
}

function turn(masks: DenseMatrix[], { layer, sample, at, value }: Flip): void {
  const { rows, columns, data } = masks[layer];
  masks[layer] = matrix(rows, columns, data.slice());
  row(masks[layer], sample)[at] = value;
}

/** A row with its bias behind it. */
function joined({ weight, bias }: AffineLayer, o: number): Float64Array {
  return Float64Array.of(...row(weight, o), bias?.[o] ?? 0);
}

function square(v: Float64Array): number {
  return norm(v) ** 2;
}
