import { join } from 'node:path';
import { type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { check } from '../check';
import { readBatch, writeBatch } from '../data/batchFile';
import { makeFolder } from '../data/files';
import { readConvNet } from '../model/convNetFile';
import { align } from '../report/align';
import { countingLimits } from '../verification/identifiability/countingLimits';
import { exposure } from '../verification/identifiability/exposure';
import type { UpdateExposure } from '../verification/identifiability/updateExposure';
import { witness } from '../verification/witness/witness';
import { type BatchValues, batchFrom, commandWithBatch } from './cases';
import { bounds, print } from './options';
import { epochsOption, miniBatchOption, precisionOption, rateOption, trainingFrom } from './training';
import { beatBeside } from './watchTerminal';

/** `exan exposure`: verdict and reason per sample, before any attack (method 7); of networks with convolutions, gate by gate (method 11). */
export const exposureCommand: CommandUnknownOpts = commandWithBatch(
  'exposure',
  "the analyst's view before any attack: which samples the gradient would give away, and why",
)
  .option(
    '--architecture <file>',
    'modules of a --model with convolutions, as JSON; without --batch it is counted what each batch size allows',
  )
  .addOption(epochsOption().conflicts('architecture'))
  .addOption(rateOption())
  .addOption(miniBatchOption())
  .addOption(precisionOption())
  .action(async (values) => {
    const training = trainingFrom('exan exposure', values);
    beatBeside('exposure');
    if (values.architecture !== undefined) return print(ofConvolutions(values.architecture, values));
    const { model, batch } = await batchFrom(values);
    if (training) return print(ofUpdate(exposure(model, batch, training), values.json));
    const result = exposure(model, batch);
    if (values.json) return print(`${JSON.stringify(result)}\n`);
    const { boundary } = result;
    const lines = result.samples.map(
      (s, m) => `${String(m).padStart(4)}  ${s.verdict.padEnd(15)}  ${s.exans.join(' ')}  ${s.reason}`,
    );
    const counted = Object.entries(result.counts).map(([verdict, n]) => `${verdict} ${n}`);
    const paper = `paper's boundary: ${boundary.insecure ? 'insecure' : `outside (sample ${boundary.weakest.sample} has ${boundary.weakest.count} ExANs in layer ${boundary.weakest.layer}, ${boundary.weakest.needed} needed)`}`;
    print(`${[counted.join(', '), paper, '', ...lines].join('\n')}\n`);
  });

function ofUpdate(found: UpdateExposure, json: true | undefined): string {
  if (json) return `${JSON.stringify(found)}\n`;
  const lines = found.samples.map((s, m) => [String(m), s.verdict, String(s.exans), String(s.zeros), s.reason]);
  const titles = ['', 'verdict', 'ExANs', 'zeros', 'reason'];
  return `${found.summary}\n\n${align([titles, ...lines]).join('\n')}\n`;
}

/** Gates of a network with convolutions for a batch, or else the largest batch that each convolution allows by counting. */
function ofConvolutions(architecture: string, { model, batch, json }: BatchValues): string {
  check(model !== undefined, () => 'exan exposure: --architecture needs --model, the weights of its modules');
  const net = readConvNet(model, architecture);
  if (batch === undefined) {
    const convolutions = countingLimits(net);
    if (json) return `${JSON.stringify({ convolutions })}\n`;
    const rows = convolutions.map((c) => [
      `block ${c.block}`,
      ...[c.layer, c.equations, c.unknowns, c.largest].map(String),
      c.kind,
    ]);
    const titles = ['', 'layer', 'equations', 'unknowns a sample', 'largest M', 'kind'];
    return `${align([titles, ...rows]).join('\n')}\n`;
  }
  const found = exposure(net, readBatch(batch));
  if (json) return `${JSON.stringify(found)}\n`;
  const { exposed, stops, gates, size, note } = found;
  const end = stops ? `stopped at ${stops.gate} (layer ${stops.layer})` : 'down to the input';
  const lines = gates.map((g) => [g.gate, `layer ${g.layer}`, g.open ? 'open' : 'closed', g.reason]);
  return `M = ${size}: ${end}, inputs ${exposed ? 'exposed' : 'not reached'}\n\n${align(lines).join('\n')}\n\n${note}\n`;
}

/** `exan witness`: a second batch with the same gradient, or why there is none (method 7). */
export const witnessCommand: CommandUnknownOpts = commandWithBatch(
  'witness',
  'a second batch with the same gradient, or why there is none',
)
  .addOption(new Option('--bounds <low,high>', 'between which its entries must lie').argParser(bounds))
  .option('--out <folder>', 'gets witness.safetensors: inputs and labels')
  .action(async (values) => {
    beatBeside('witness');
    const { model, batch } = await batchFrom(values);
    if (values.out !== undefined) makeFolder('exan witness', values.out);
    const found = witness(model, batch, { seed: values.seed, ...(values.bounds ? { bounds: values.bounds } : {}) });
    if (values.out !== undefined && found.batch) writeBatch(join(values.out, 'witness.safetensors'), found.batch);
    const { batch: _, ...plain } = found;
    if (values.json) return print(`${JSON.stringify(plain)}\n`);
    const verdict = found.exists
      ? `another batch has the same gradient: residual ${found.residual?.toExponential(1)}, distance ${found.distance.toPrecision(2)} of ||X||`
      : 'no other batch was found';
    print(`${verdict}\n${found.reason}\n`);
  });
