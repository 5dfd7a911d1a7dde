import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../check';
import { writeBatch } from '../data/batchFile';
import { exposure } from '../verification/identifiability/exposure';
import { type WitnessOptions, witness } from '../verification/witness/witness';
import { count, type OptionValues, parse } from './arguments';
import { batchFrom, batchOptions } from './cases';

/**
 * `exan exposure`: verdict and reason per sample, before any attack (SPEC 7).
 *
 * @throws InputError for options or files that do not fit together
 */
export async function exposureCommand(args: readonly string[]): Promise<{ text: string }> {
  const values = parse('exposure', args, { ...batchOptions, json: 'boolean' });
  const { model, batch } = await batchFrom('exposure', values);
  const result = exposure(model, batch);
  if (values.json) return { text: `${JSON.stringify(result)}\n` };
  const { boundary } = result;
  const lines = result.samples.map(
    (s, m) => `${String(m).padStart(4)}  ${s.verdict.padEnd(15)}  ${s.exans.join(' ')}  ${s.reason}`,
  );
  const counted = Object.entries(result.counts).map(([verdict, n]) => `${verdict} ${n}`);
  const paper = `paper's boundary: ${boundary.insecure ? 'insecure' : `outside (sample ${boundary.weakest.sample} has ${boundary.weakest.count} ExANs in layer ${boundary.weakest.layer}, ${boundary.weakest.needed} needed)`}`;
  return { text: `${[counted.join(', '), paper, '', ...lines].join('\n')}\n` };
}

/**
 * `exan witness`: a second batch with the same gradient, or why there is none (SPEC 7).
 *
 * @throws InputError for options or files that do not fit together
 */
export async function witnessCommand(args: readonly string[]): Promise<{ text: string }> {
  const values = parse('witness', args, { ...batchOptions, bounds: 'string', out: 'string', json: 'boolean' });
  const { model, batch } = await batchFrom('witness', values);
  const found = witness(model, batch, { seed: count(values, 'seed', 1), ...boundsFrom(values) });
  if (typeof values.out === 'string' && found.batch) {
    mkdirSync(values.out, { recursive: true });
    writeBatch(join(values.out, 'witness.safetensors'), found.batch);
  }
  const { batch: _, ...plain } = found;
  if (values.json) return { text: `${JSON.stringify(plain)}\n` };
  const verdict = found.exists
    ? `another batch has the same gradient: residual ${found.residual?.toExponential(1)}, distance ${found.distance.toPrecision(2)} of ||X||`
    : 'no other batch was found';
  return { text: `${verdict}\n${found.reason}\n` };
}

function boundsFrom(values: OptionValues): Pick<WitnessOptions, 'bounds'> {
  if (values.bounds === undefined) return {};
  const [low = Number.NaN, high = Number.NaN, ...more] = String(values.bounds).split(',').map(Number);
  check(low < high && more.length === 0, () => `exan witness: --bounds is ${values.bounds}, expected LOW,HIGH`);
  return { bounds: [low, high] };
}
