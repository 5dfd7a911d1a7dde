import { dot, timesVector } from '../../math/matrix';
import { rng } from '../../math/rng';
import { deflation, inCommon } from './deflation';
import { differenceMap } from './differenceMap';
import { between, type LossSubspace } from './lossSubspace';
import { acceptable, type LossColumn, polish } from './polish';
import { type PreActivations, preActivations, without } from './preActivations';
import { randomStart, type Start, seededStart } from './starts';

/** One round of the search, as any thread can run it: the same task gives the same result everywhere. */
export interface SearchTask {
  readonly label: number;
  readonly seed: number;
  /** share of the starts that some input could have, see seededStart */
  readonly seededShare: number;
  /** cosine above which a start counts as on its way to a known column */
  readonly alike: number;
  /** columns known when the task was made */
  readonly known: readonly Float64Array[];
  /** those of them that are taken out of the space in which starts are drawn. @default all of them */
  readonly trusted?: readonly Float64Array[];
  /** where between the two ends of several local steps, and within what band, see {@link LossSubspace}. @default none */
  readonly guide?: { readonly at: number; readonly slack: number };
  /** whether pre-activations join the search; only where there are biases, zeros and a single step */
  readonly joint: boolean;
}

/** What a round came to. */
export interface RoundResult {
  readonly label: number;
  readonly joint: boolean;
  /** new to the round, not necessarily to whoever asked for it */
  readonly columns: readonly LossColumn[];
  readonly starts: number;
  /** starts that ended at a true column, repeats included */
  readonly hits: number;
}

const stepsPerRound = 200;

/** Runs rounds on one subspace, whose projections it keeps: 200 steps of the map, then candidates are polished. */
export function searchRounds(space: LossSubspace): (task: SearchTask) => RoundResult {
  const search = differenceMap(space);
  let left = deflation(space, []);
  // made when a round asks for it: many searches end without
  let all: PreActivations | null | undefined;
  let z: PreActivations | null = null;
  return ({ label, seed, seededShare, alike, known, trusted = known, guide, joint }) => {
    const uniform = rng(seed);
    left = deflation(space, trusted, left);
    const moved = guide && space.ends ? { ...space, ...between(space.ends, guide.at) } : space;
    if (joint) {
      if (all === undefined) all = preActivations(space);
      const goesOn = z && inCommon(z.found, known) === z.found.length;
      z = all && without(goesOn ? (z as PreActivations) : all, space, known);
    }
    const start = (): Start => {
      const seeded = uniform() < seededShare;
      const a = seeded || joint ? left.draw(uniform) : null;
      const own = seeded && a ? seededStart(moved, label, a, uniform) : randomStart(moved, label, uniform);
      return joint && a && z ? { ...own, point: timesVector(z.seen, a) } : own;
    };
    const { candidates, repeats, starts } = search(label, start, {
      known,
      steps: stepsPerRound,
      alike,
      ...(guide && { guide: { space: moved, slack: guide.slack } }),
      ...(joint && z && { left: z }),
    });
    const columns: LossColumn[] = [];
    let hits = repeats;
    for (const { q, u } of candidates) {
      const near = (other: Float64Array): boolean => Math.abs(dot(other, q)) > 0.999;
      const column = known.some(near) || columns.some((c) => near(c.q)) ? 'repeat' : polish(space, q, known, u);
      if (column === 'repeat') hits++;
      else if (column && acceptable(column)) columns.push(column);
    }
    return { label, joint, columns, starts, hits: hits + columns.length };
  };
}
