import type { ExclusivityState } from './exclusivityState';

/**
 * In which round an attack that takes recovered samples away reaches each sample: a sample with two exclusive neurons in
 * the first layer among those that are left is read, its share of the gradient subtracted, and others become exclusive.
 *
 * @returns per sample the round, from 1, or 0 when it is never reached
 * @example
 * peelingRounds(exclusivityState(model, batch));  // => [1, 1, 2, 0]
 */
export function peelingRounds({ patterns }: ExclusivityState): number[] {
  const first = patterns[0];
  if (!first) return [];
  const { samples, neurons, fires } = first;
  const rounds = new Array<number>(samples).fill(0);
  for (let round = 1; ; round++) {
    const owned = new Array<number>(samples).fill(0);
    for (let j = 0; j < neurons; j++) {
      let owner = -1;
      let count = 0;
      for (let m = 0; m < samples; m++)
        if (rounds[m] === 0 && fires[m * neurons + j] === 1) {
          owner = m;
          count++;
        }
      if (count === 1) owned[owner] += 1;
    }
    const reached = [...owned.keys()].filter((m) => owned[m] >= 2);
    if (reached.length === 0) return rounds;
    for (const m of reached) rounds[m] = round;
  }
}
