import type { Dataset } from '../data/dataset';
import { captureGradient } from '../gradient/captureGradient';
import { convNet } from '../model/convNet';
import { convNetOf } from '../model/convNetOf';
import { affineInFloat32, inFloat32 } from '../model/inFloat32';
import type { ConvInitialiser } from '../model/initialiseConv';
import { nextTurn } from '../nextTurn';
import type { ConvNet } from '../types';
import type { Conditioning } from '../verification/identifiability/conditioning';
import { headLimit } from '../verification/identifiability/countingLimits';
import { exposure } from '../verification/identifiability/exposure';
import { attackDown } from './attackDown';
import { planesAtSide } from './planesAtSide';
import { type Experiment, samplesOf, type TrialWatch } from './sweep/experiment';

/** One network and one batch: everything that a trial's result depends on, beside the samples. */
export interface BoundaryPoint {
  /** name of the data set */
  readonly data: string;
  /** of the pictures, in pixels */
  readonly side: number;
  /** filters of each block, bottom up: two 3 x 3 convolutions, then max pooling */
  readonly channels: readonly number[];
  /** widths of the head's hidden layers */
  readonly head: readonly number[];
  readonly init: ConvInitialiser;
  /** M */
  readonly size: number;
  readonly seed: number;
  /** time for one attack */
  readonly seconds: number;
  /** whether pictures are attacked too */
  readonly pictures: boolean;
}

/** One gate of the way down: what was to be expected behind it, and what was found. */
export interface GateOutcome {
  /** 'head', 'block n' for each of its convolutions, or 'pictures' */
  readonly gate: string;
  /** largest M for which counting leaves it and all gates above it open */
  readonly largest: number;
  /** reached by counting and by the condition of every system down to it, from float32 */
  readonly conditioned: boolean;
  /** whether the attack had all values behind it right to 1e-4, those of a block without the last hop; null where it was not asked */
  readonly right: boolean | null;
}

/** A finished trial. */
export interface BoundaryTrial extends BoundaryPoint {
  /** in the order in which an attack meets them */
  readonly gates: readonly GateOutcome[];
  /** the linear system of each layer, and how far apart the samples are there: the head's first */
  readonly systems: readonly Conditioning[];
  /** neurons that one sample alone activates, per sample, in each hidden layer of the head */
  readonly exclusive: readonly number[];
  /** samples of which the attack had the head's features and label right */
  readonly headRead: number;
  /** answers called exact that are not right: to be zero */
  readonly false: number;
  readonly took: number;
}

/** The trials of {@link convolutionalBoundary}. */
export const boundary: Experiment<BoundaryPoint, BoundaryTrial> = {
  name: 'boundary',
  version: 1,
  note: ({ channels, side, init, size, seed }) =>
    `${channels.join('-')}, ${side} px, ${init}, M = ${size}, seed ${seed}`,
  run: boundaryTrial,
};

/** Counting, conditions and the attack itself on one gradient computed in float32; see {@link convolutionalBoundary}. */
async function boundaryTrial(
  point: BoundaryPoint,
  samples: Dataset | undefined,
  options: TrialWatch,
): Promise<BoundaryTrial> {
  const dataset = samplesOf(boundary, samples);
  const start = performance.now();
  const { size, seed, side, pictures, seconds } = point;
  const batch = planesAtSide(dataset.draw({ size, seed }), side);
  const net = networkOf(point, batch.inputs.columns / side ** 2, dataset.classes);
  const judged = exposure(net, batch);
  const counted = exposure(net, { size });
  const down = counted.gates.filter(({ gate }) => gate !== 'last hop');
  const closed = down.findIndex(({ open }, k) => k > 0 && !open); // the head is asked in any case
  const levels = down.slice(0, closed < 0 ? down.length : closed).map(({ layer }) => layer);
  if (pictures && !levels.includes(0)) levels.push(0);
  await nextTurn(); // lets a signal in
  options.signal?.throwIfAborted();
  const gradient = captureGradient(net, batch, { precision: 'float32' });
  const attacked = await attackDown(net, gradient, batch, levels, { ...options, seconds });
  const reached = attacked.level ?? Number.POSITIVE_INFINITY;
  const limits = [headLimit(net.head), ...counted.convolutions.map((c) => c.largest)];
  const outcomes = down.map(({ gate, layer }, k): GateOutcome => {
    const conditioned = judged.gates.slice(0, k + 1).every((g) => g.open);
    return { gate, largest: Math.min(...limits.slice(0, k + 1)), conditioned, right: reached <= layer };
  });
  const asked = pictures || levels.includes(0);
  const largest = Math.max(
    0,
    ...outcomes.map((o) => o.largest).filter((M) => M > 0 && exposure(net, { size: M }).exposed),
  );
  return {
    ...point,
    gates: [
      ...outcomes,
      { gate: 'pictures', largest, conditioned: judged.exposed, right: asked ? attacked.pictures : null },
    ],
    systems: judged.systems ?? [],
    exclusive: judged.exclusive ?? [],
    headRead: attacked.headRead,
    false: attacked.false,
    took: (performance.now() - start) / 1e3,
  };
}

/** Its weights in float32, as frameworks hold them. */
function networkOf({ channels, head, init, seed, side }: BoundaryPoint, planes: number, classes: number): ConvNet {
  const plan = channels.flatMap((filters) => [filters, filters, 'maxPool'] as const);
  const input = { channels: planes, height: side, width: side };
  const net = convNet({ input, plan, head, classes, init, seed });
  const stack = net.stack.map((layer) => (layer.kind === 'conv2d' ? { ...layer, ...affineInFloat32(layer) } : layer));
  return convNetOf(input, stack, inFloat32(net.head));
}
