import { defencePoints, defenceRows, defences } from '../experiments/defenceTrial';
import { samplesOf } from '../experiments/sweep/experiment';
import { privacyUtility } from '../viz/privacyUtility';
import { commandWithCase, seedsFrom, setOfCase, widthsFrom } from './cases';
import { defenceLines } from './defend';
import { count } from './options';
import { type SweepCommand, sweepCommand } from './sweep/command';

/** `exan sweep defences`: the table of `exan defend --evaluate`, a trial for each defence and batch. */
export const sweepDefences: SweepCommand = sweepCommand(
  commandWithCase(
    'defences',
    'defences against each attack, as exan defend --evaluate, a trial for each batch; goes on where a stopped run ended',
  )
    .option('--seeds <n>', 'batches, drawn from the seed on', count, 3)
    .option('--steps <n>', 'of training with each defence; 0 leaves accuracy out', count, 40),
  {
    experiment: defences,
    dataset: (values) => setOfCase(values),
    points(values, set) {
      const dataset = samplesOf(defences, set);
      const { size, steps, seed } = values;
      const network = { widths: widthsFrom(values, dataset), network: seed };
      return defencePoints(dataset, { ...network, size, steps }, seedsFrom(values));
    },
    present(trials) {
      const rows = defenceRows(trials);
      const trained = rows.every(({ accuracy }) => accuracy !== null);
      return {
        ...{ rows, json: { rows }, lines: defenceLines(rows) },
        figures: trained ? { defences: privacyUtility(rows) } : {},
      };
    },
  },
);
