import { comparison, comparisonPoints } from '../experiments/comparisonTrial';
import { samplesOf } from '../experiments/sweep/experiment';
import { attackHistory, attackComparison as figureOf } from '../viz/attackComparison';
import { seedsFrom, setOfCase, widthsFrom } from './cases';
import { commandWithContest, contestLines } from './compare';
import { type SweepCommand, sweepCommand } from './sweep/command';

/** `exan sweep compare`: the attacks of `exan compare`, a trial for each on each batch. */
export const sweepCompare: SweepCommand = sweepCommand(
  commandWithContest(
    'compare',
    'attacks on the same batches, as exan compare; trials at once share a memory, --workers 1 leaves the machine to each; goes on where a stopped run ended',
  ),
  {
    experiment: comparison,
    dataset: (values) => setOfCase(values),
    points(values, set) {
      const dataset = samplesOf(comparison, set);
      const { precision, budget, size, attacks } = values;
      const common = { data: dataset.name, widths: widthsFrom(values, dataset), precision, budget };
      return comparisonPoints(common, size, seedsFrom(values), attacks);
    },
    present: (rows) => ({
      ...{ rows, json: { rows }, lines: contestLines(rows) },
      figures: { comparison: figureOf(rows), history: attackHistory(rows) },
    }),
  },
);
