import { Lanes, lanes, type SearchSetting } from './lanes';
import type { LossSubspace } from './lossSubspace';
import type { Candidate } from './polish';
import type { Start } from './starts';

/** How much one search may cost and what it is given. */
export interface SearchBudget extends SearchSetting {
  /** steps of 8 starts side by side */
  readonly steps: number;
  /** steps after which a start that has not come to rest gives way to the next. @default 200 */
  readonly patience?: number;
  /** cosine above which a start counts as on its way to a known column */
  readonly alike: number;
}

/** Searches with one label; made once per subspace, since it keeps the projections of each label. */
export type Search = (label: number, next: () => Start, budget: SearchBudget) => Candidates;

/** What a search came to. */
export interface Candidates {
  /** where starts came to rest */
  readonly candidates: Candidate[];
  /** starts that were on their way to a known column when they were stopped */
  readonly repeats: number;
  readonly starts: number;
}

const restful = 1e-3;
/** steps between two looks at how the starts are doing */
const period = 10;

/**
 * The difference map (Elser et al. 2007) on v = U q and u = W_Hᵀ g, 8 starts side by side in float32: projection A onto the
 * two affine subspaces, projection B per neuron onto v = 0 or v = u, or where the activation has a slope a onto v = a u or v = u, whichever
 * is nearer (method 4). Where pre-activations join, v = 0 needs z < 0 and v = u needs z > 0 of a z that a missing sample can have. A start
 * that has come to rest leaves its lane to the next one, so no lane waits for the slowest.
 */
export function differenceMap(space: LossSubspace): Search {
  const all = new Lanes(space);
  return (label, next, { steps, patience = 200, alike, ...setting }) => {
    all.prepare(label, setting);
    const candidates: Candidate[] = [];
    let repeats = 0;
    let starts = 0;
    const ages = new Int32Array(lanes);
    const refill = (lane: number): void => {
      all.fill(lane, next());
      starts++;
      ages[lane] = 0;
    };
    for (let lane = 0; lane < lanes; lane++) refill(lane);
    for (let step = 1; step <= steps; step++) {
      all.advance();
      if (step % period !== 0) continue;
      all.compare();
      for (let lane = 0; lane < lanes; lane++) {
        ages[lane] += period;
        const restlessness = all.restlessness(lane);
        const collapsed = Number.isNaN(restlessness);
        const repeated = !collapsed && all.familiar(lane, alike);
        if (!collapsed && !repeated && restlessness >= restful && ages[lane] < patience) continue;
        if (repeated) repeats++;
        else if (!collapsed) candidates.push(all.candidate(lane));
        if (step < steps) refill(lane);
      }
    }
    return { candidates, repeats, starts };
  };
}
