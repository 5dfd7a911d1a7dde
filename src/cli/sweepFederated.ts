import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { federatedSettings } from '../experiments/federatedSettings';
import { count, numbers, parse } from './arguments';
import { caseOptions, setupFrom } from './cases';
import { align } from './table';
import { printProgress } from './watchTerminal';

/**
 * `exan sweep federated`: what each attack still finds in the update of several local steps and several clients.
 *
 * @throws InputError for options that do not fit
 */
export async function sweepFederated(args: readonly string[]): Promise<{ text: string }> {
  const values = parse('sweep federated', args, {
    ...caseOptions,
    ...{ seeds: 'string', steps: 'string', clients: 'string', rate: 'string', out: 'string', json: 'boolean' },
  });
  const { model, dataset, size, seed } = await setupFrom(values);
  const [rate = 0.1] = numbers(values, 'rate', [0.1]);
  const settings = numbers(values, 'steps', [1, 2, 5]).flatMap((localSteps) =>
    numbers(values, 'clients', [1, 2]).map((clients) => ({ localSteps, rate, clients })),
  );
  const rows = await federatedSettings(model, dataset, settings, {
    size,
    seeds: Array.from({ length: count(values, 'seeds', 3) }, (_, k) => seed + k),
    onProgress: printProgress,
  });
  const folder = String(values.out ?? join('out', 'federated'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'federated.json'), JSON.stringify(rows, null, 1));
  if (values.json) return { text: `${JSON.stringify({ rows })}\n` };
  const percent = (v: { mean: number }): string => `${(v.mean * 100).toFixed(0)} %`;
  const lines = rows.map((r) => [
    String(r.localSteps),
    String(r.clients),
    r.attack,
    percent(r.visible),
    percent(r.exact),
  ]);
  return { text: `${align([['steps', 'clients', 'attack', 'visible', 'MSE <= 1e-6'], ...lines]).join('\n')}\n` };
}
