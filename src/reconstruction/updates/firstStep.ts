import { row } from '../../math/matrix';
import type { ShownDeltas } from './shownDeltas';

/** What the first step shows of itself. */
export interface FirstStep {
  /** rate over the size of the mini-batch, times what the step counts for */
  readonly each: number;
  /** neurons that say so */
  readonly witnesses: number;
  /** samples that have more than agree by chance: those of the mini-batch, more or less */
  readonly samples: number;
}

interface Ratio {
  readonly sample: number;
  readonly value: number;
  readonly error: number;
}

/** Relative error up to which a ratio says anything. */
const sharp = 1e-3;
/** Witnesses of a sample, over those of the sample that has most, that agree by chance. */
const chance = 0.2;
/** Such values handed back. */
const most = 12;

/**
 * A neuron that is on in the first step of a sample of the first mini-batch, and off in all of its later ones, shows the delta of the network
 * before, times one number that is the same for all of them: rate over size. All other ratios are spread (method 12).
 *
 * @param least neurons that must agree: in float32 a few do by chance
 * @returns those with the most witnesses first
 */
export function firstStep({ moved, tolerance, first, weights }: ShownDeltas, least: number): FirstStep[] {
  const usual = weights.slice().sort()[weights.length >> 1];
  const ratios: Ratio[] = [];
  for (let m = 0; m < moved.rows; m++) {
    const [x, d] = [row(moved, m), row(first, m)];
    for (let j = 0; j < x.length; j++) {
      const value = x[j] / d[j];
      const error = tolerance[m] / Math.abs(d[j]);
      if (value > 0 && error < sharp * value) ratios.push({ sample: m, value, error });
    }
  }
  ratios.sort((a, b) => a.value - b.value);
  // of several visits nearly all ratios are sums: those of one are the smaller ones
  const found = [...agreeing(ratios.filter((r) => r.value < 0.8 * usual)), ...agreeing(ratios).slice(0, 2)];
  return found
    .filter(({ witnesses }, k) => witnesses >= least && found.findIndex((f) => f.each === found[k].each) === k)
    .sort((a, b) => b.witnesses - a.witnesses);
}

/** Ratios that agree to their errors, the largest groups first. */
function agreeing(sorted: readonly Ratio[]): FirstStep[] {
  const groups: { from: number; to: number }[] = [];
  const size = ({ from, to }: { from: number; to: number }): number => to - from;
  let from = 0;
  sorted.forEach((last, at) => {
    // errors differ by the deltas' sizes: a group is a run within the errors of its ends
    for (let first = sorted[from]; last.value - first.value > last.error + first.error; first = sorted[++from]);
    const group = { from, to: at + 1 };
    const before = groups[groups.length - 1];
    if (!before || before.to <= from) groups.push(group);
    else if (size(before) < size(group)) groups[groups.length - 1] = group;
  });
  return groups
    .sort((a, b) => size(b) - size(a))
    .slice(0, most)
    .map((group) => meanOf(sorted.slice(group.from, group.to)));
}

function meanOf(group: readonly Ratio[]): FirstStep {
  let [sum, total] = [0, 0];
  const own = new Map<number, number>();
  for (const { sample, value, error } of group) {
    sum += value / error ** 2;
    total += 1 / error ** 2;
    own.set(sample, (own.get(sample) ?? 0) + 1);
  }
  const most = Math.max(...own.values());
  const samples = [...own.values()].filter((count) => count > chance * most).length;
  return { each: sum / total, witnesses: group.length, samples };
}
