import { join } from 'node:path';
import { InputError } from '../check';
import { phaseDiagram } from '../experiments/phaseDiagram';
import { phaseDiagram as figureOf } from '../viz/phaseDiagram';
import { count, parse } from './arguments';
import { saveFigure } from './saveFigure';
import { sweepFederated } from './sweepFederated';
import { sweepRobustness } from './sweepRobustness';
import { printProgress } from './watchTerminal';

/**
 * `exan sweep`: an experiment over many settings, as rows and a figure.
 *
 * @throws InputError for an unknown sweep or an unfit grid
 */
export async function sweep([name, ...args]: readonly string[]): Promise<{ text: string }> {
  if (name === 'phase') return phase(args);
  if (name === 'robustness') return sweepRobustness(args);
  if (name === 'federated') return sweepFederated(args);
  throw new InputError(`exan sweep: no sweep '${name ?? ''}', expected phase, robustness or federated`);
}

/**
 * `exan sweep phase`: success rates over batch size and network; trials are kept in DIR/phase.jsonl, so that a run that was
 * stopped goes on; the figure comes as plotly JSON and SVG beside it.
 *
 * @throws InputError for an unfit grid
 */
async function phase(args: readonly string[]): Promise<{ text: string }> {
  const values = parse('sweep phase', args, {
    ...{ data: 'string', sizes: 'string', widths: 'string', depths: 'string', seeds: 'string' },
    ...{ workers: 'string', out: 'string', json: 'boolean' },
  });
  const list = (option: string, fallback: string): number[] =>
    String(values[option] ?? fallback)
      .split(',')
      .map(Number);
  const folder = String(values.out ?? join('out', 'phase'));
  const rows = await phaseDiagram({
    data: values.data === 'gaussian' ? 'gaussian' : 'mnist',
    sizes: list('sizes', '2,4,8,16,32,64,128'),
    widths: list('widths', '512'),
    depths: list('depths', '1'),
    seeds: count(values, 'seeds', 5),
    workers: count(values, 'workers', 0),
    log: join(folder, 'phase.jsonl'),
    onProgress: printProgress,
  });
  const figure = figureOf(rows);
  const picture = saveFigure(folder, 'phase', figure);
  if (values.json) return { text: `${JSON.stringify({ rows })}\n` };
  const lines = figure.data.flatMap((t) =>
    'name' in t && 'y' in t ? [`${t.name}: ${(t.x ?? []).map((x, k) => `M=${x} ${t.y?.[k]}`).join(', ')}`] : [],
  );
  return { text: `${lines.join('\n')}\n${picture}\n` };
}
