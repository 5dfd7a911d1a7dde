import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../check';
import type { Dataset } from '../data';
import { type Defence, defence } from '../defences';
import { type DefenceRow, evaluateDefences } from '../experiments/evaluateDefences';
import { privacyUtility } from '../viz/privacyUtility';
import { count, parse } from './arguments';
import { caseOptions, setupFrom } from './cases';
import { saveFigure } from './saveFigure';
import { align } from './table';
import { printProgress } from './watchTerminal';

/** The defences of SPEC 8, each at the strengths that the literature uses. */
function usualDefences(dataset: Dataset, pixels: boolean): Defence[] {
  return [
    defence.composeBatch(4, dataset.draw({ size: Math.min(64, dataset.labels.length), seed: 0 })), // each swap tries the whole pool
    ...(pixels ? [defence.exclusivityReduction(1, [0, 1])] : [defence.exclusivityReduction(1)]),
    defence.maskExclusiveRows(1),
    defence.largerBatch(24, dataset),
    defence.maskFirstLayer(0.5),
    defence.maskFirstLayer(1),
    defence.dropout(0.5),
    defence.prune(0.9),
    defence.prune(0.99),
    defence.quantise('fp16'),
    defence.quantise('int8'),
    defence.quantise('sign'),
    defence.dpSgd(0.01, 1),
    defence.dpSgd(0.1, 1),
    defence.dpSgd(1, 1),
  ];
}

/**
 * `exan defend --evaluate`: the table defences x attacks, as JSON beside a privacy/utility picture.
 *
 * @throws InputError for options that do not fit together
 */
export async function defend(args: readonly string[]): Promise<{ text: string }> {
  const values = parse('defend', args, {
    ...caseOptions,
    ...{ evaluate: 'boolean', seeds: 'string', steps: 'string', out: 'string', json: 'boolean' },
  });
  check(values.evaluate === true, () => 'exan defend: expected --evaluate; see exan --help');
  const { model, dataset, size, seed } = await setupFrom(values);
  const folder = String(values.out ?? join('out', 'defences'));
  const steps = count(values, 'steps', 40);
  const rows = await evaluateDefences(model, dataset, usualDefences(dataset, dataset.image !== undefined), {
    size,
    seeds: Array.from({ length: count(values, 'seeds', 3) }, (_, k) => seed + k),
    training: steps > 0 ? { steps } : false,
    onProgress: printProgress,
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'defences.json'), JSON.stringify(rows, null, 1));
  const picture = steps > 0 ? `${saveFigure(folder, 'defences', privacyUtility(rows))}\n` : '';
  if (values.json) return { text: `${JSON.stringify({ rows })}\n` };
  return { text: `${align(table(rows)).join('\n')}\n\n${join(folder, 'defences.json')}\n${picture}` };
}

function table(rows: readonly DefenceRow[]): string[][] {
  const percent = (v: { mean: number } | null): string => (v ? `${(v.mean * 100).toFixed(0)} %` : '-');
  const attacks = rows[0]?.attacks.map((a) => a.attack) ?? [];
  return [
    ['defence', 'strength', ...attacks.flatMap((a) => [`${a}: exact`, 'visible']), 'accuracy', 'epsilon'],
    ...rows.map((r) => [
      r.defence,
      String(r.strength),
      ...r.attacks.flatMap((a) => [percent(a.exact), percent(a.visible)]),
      percent(r.accuracy),
      r.epsilon === null ? '-' : r.epsilon.toPrecision(3),
    ]),
  ];
}
