/** Which of two kinds of search to run: the one that joins pre-activations to deltas, or the plain one. */
export interface Payoff {
  /** @param found share of the columns that are known */
  next(found: number): boolean;
  take(joint: boolean, starts: number, hits: number): void;
}

/** What projecting a row of pre-activations costs, over what one of deltas does, when no column is known yet; each leaves a direction less. */
const cost = 0.6;
/** What a round counts once the next is done: what pays changes as columns are found. */
const memory = 0.9;
/** Every so many rounds the other kind is tried. */
const between = 8;

/**
 * Plain search does for easy batches and for trained networks; near the support limit only the other finds anything (method 4).
 *
 * @param rows of pre-activations, and of inputs in a box, over those of deltas
 */
export function payoff(possible: boolean, rows: number): Payoff {
  const [plain, joined] = [
    { starts: 1, hits: 1 },
    { starts: 1, hits: 1 },
  ];
  let rounds = 0;
  return {
    next(found) {
      if (!possible) return false;
      const better = joined.hits / joined.starts / (1 + cost * rows * (1 - found)) > plain.hits / plain.starts;
      return (rounds++ % between === between - 1) !== better;
    },
    take(joint, starts, hits) {
      const own = joint ? joined : plain;
      own.starts = memory * own.starts + starts;
      own.hits = memory * own.hits + hits;
    },
  };
}
