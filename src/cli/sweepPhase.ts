import { Option } from '@commander-js/extra-typings';
import { phaseMethods, phasePoints } from '../experiments/phaseDiagram';
import { type PhaseMethod, phase } from '../experiments/phaseTrial';
import { phaseDiagram as figureOf } from '../viz/phaseDiagram';
import { dataOption, setOf } from './dataSource';
import { commandWithJson, count, list, someOf } from './options';
import { type SweepCommand, sweepCommand } from './sweep/command';

/** `exan sweep phase`: success rates over batch size and network. */
export const sweepPhase: SweepCommand = sweepCommand(
  commandWithJson('phase', 'success rates over batch size and network; goes on where a stopped run ended')
    .addOption(dataOption(['gaussian']))
    .addOption(list('--sizes <n,…>', 'batch sizes', [2, 4, 8, 16, 32, 64, 128]))
    .addOption(list('--widths <n,…>', 'of hidden layers', [512]))
    .addOption(list('--depths <n,…>', 'numbers of hidden layers', [1]))
    .addOption(
      new Option('--methods <name,…>', `some of ${phaseMethods.join(', ')}`)
        .argParser(someOf(phaseMethods, 'method'))
        .default<readonly PhaseMethod[]>(phaseMethods, 'all'),
    )
    .option('--seeds <n>', 'trials at each point', count, 5),
  {
    experiment: phase,
    dataset: async ({ data }) => (data === 'mnist' || data === 'gaussian' ? undefined : setOf(data)),
    points: ({ data, sizes, widths, depths, methods: tried, seeds }, dataset) =>
      phasePoints({ sizes, widths, depths, methods: tried, seeds, data: dataset ?? (data as 'mnist') }),
    present(rows) {
      const figure = figureOf(rows);
      const lines = figure.data.flatMap((t) =>
        'name' in t && 'y' in t ? [`${t.name}: ${(t.x ?? []).map((x, k) => `M=${x} ${t.y?.[k]}`).join(', ')}`] : [],
      );
      return { rows, json: { rows }, lines, figures: { phase: figure } };
    },
  },
);
