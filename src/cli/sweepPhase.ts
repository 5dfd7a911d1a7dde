import { join } from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { makeFolder } from '../data/files';
import { phaseDiagram } from '../experiments/phaseDiagram';
import { phaseDiagram as figureOf } from '../viz/phaseDiagram';
import { dataOption, setOf } from './dataSource';
import { commandWithJson, count, list, print } from './options';
import { saveFigure } from './saveFigure';
import { endOnSignals, printProgress } from './watchTerminal';

/**
 * `exan sweep phase`: success rates over batch size and network; trials are kept in phase.jsonl, so that a run that was
 * stopped goes on; the figure comes as plotly JSON and SVG beside it.
 */
export const sweepPhase: CommandUnknownOpts = commandWithJson(
  'phase',
  'success rates over batch size and network; goes on where a stopped run ended',
)
  .addOption(dataOption(['gaussian']))
  .addOption(list('--sizes <n,…>', 'batch sizes', [2, 4, 8, 16, 32, 64, 128]))
  .addOption(list('--widths <n,…>', 'of hidden layers', [512]))
  .addOption(list('--depths <n,…>', 'numbers of hidden layers', [1]))
  .option('--seeds <n>', 'trials at each point', count, 5)
  .option('--workers <n>', 'threads beside this one; 0: none, and Ctrl-C waits for the end of a trial', count, 1)
  .option('--out <folder>', 'gets phase.jsonl and the picture', join('out', 'phase'))
  .action(async ({ out, json, data, ...grid }) => {
    makeFolder('exan sweep phase', out);
    endOnSignals();
    const rows = await phaseDiagram({
      ...grid,
      data: data === 'mnist' || data === 'gaussian' ? data : await setOf(data),
      log: join(out, 'phase.jsonl'),
      onProgress: printProgress(),
    });
    const figure = figureOf(rows);
    const picture = saveFigure(out, 'phase', figure);
    if (json) return print(`${JSON.stringify({ rows })}\n`);
    const lines = figure.data.flatMap((t) =>
      'name' in t && 'y' in t ? [`${t.name}: ${(t.x ?? []).map((x, k) => `M=${x} ${t.y?.[k]}`).join(', ')}`] : [],
    );
    print(`${lines.join('\n')}\n${picture}\n`);
  });
