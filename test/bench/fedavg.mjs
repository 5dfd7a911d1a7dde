// Updates of several local steps beside the prototype, each case on the same update, one after the other: a table on standard output.
// Usage: node test/bench/fedavg.mjs [name …] [--alone] [--hard] [--seconds N] [--seeds N]; needs `npm run build` and data (EXAN_DATA or
// ../shared/data); PYTHON names an interpreter with NumPy, EXAN_REFERENCE the prototype's folder. --alone leaves out the prototype,
// which is not in the repository; --hard takes the cases that the prototype refuses.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { doubles } from './doubles.mjs';
import { worstError } from './worstError.mjs';

const print = (line) => process.stdout.write(`${line}\n`);
const here = dirname(fileURLToPath(import.meta.url));
const { mlpOf, reconstructUpdate } = createRequire(import.meta.url)('../../dist/index.js');
const data = process.env.EXAN_DATA ?? [join(here, '../../data'), join(here, '../../../shared/data')].find(existsSync);
const reference = process.env.EXAN_REFERENCE ?? join(here, '../../../shared/reference');
const argument = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const [seconds, seeds] = [argument('seconds', 60), argument('seeds', 3)];
const alone = process.argv.includes('--alone');

const cases = {
  m16steps5: { samples: 16, epochs: 5, rate: 0.1 },
  m16steps10: { samples: 16, epochs: 10, rate: 0.1 },
  m16steps20: { samples: 16, epochs: 20, rate: 0.1 },
  m32steps5: { samples: 32, epochs: 5, rate: 0.05 },
  m32steps20: { samples: 32, epochs: 20, rate: 0.1 },
  m64steps5: { samples: 64, epochs: 5, rate: 0.1 },
  m32epoch1: { samples: 32, epochs: 1, rate: 0.1, batchSize: 8 },
  m32epochs2: { samples: 32, epochs: 2, rate: 0.1, batchSize: 8 },
  m32epochs5: { samples: 32, epochs: 5, rate: 0.1, batchSize: 8 },
  'm16steps5-slow-f32': { samples: 16, epochs: 5, rate: 0.01, precision: 'float32' },
  'm16steps5-f32': { samples: 16, epochs: 5, rate: 0.1, precision: 'float32' },
  'm32epochs5-f32': { samples: 32, epochs: 5, rate: 0.1, batchSize: 8, precision: 'float32' },
  'm32steps5-trained300': { samples: 32, epochs: 5, rate: 0.05, train: 300 },
  'm32steps5-trained1500': { samples: 32, epochs: 5, rate: 0.05, train: 1500 },
  m64steps20: { samples: 64, epochs: 20, rate: 0.1, hard: true },
  m64epochs5: { samples: 64, epochs: 5, rate: 0.1, batchSize: 8, hard: true },
  m16steps50: { samples: 16, epochs: 50, rate: 0.1, hard: true },
  m32steps50: { samples: 32, epochs: 50, rate: 0.1, hard: true },
  m128steps5: { samples: 128, epochs: 5, rate: 0.1, hard: true },
  'm32epochs5-trained300': { samples: 32, epochs: 5, rate: 0.1, batchSize: 8, train: 300, hard: true },
  'm32steps5-trained300-f32': { samples: 32, epochs: 5, rate: 0.05, train: 300, precision: 'float32', hard: true },
};

const asked = process.argv.slice(2).filter((a) => a in cases);
const hard = process.argv.includes('--hard');
const usual = Object.keys(cases).filter((name) => Boolean(cases[name].hard) === hard);
print(
  '| case | prototype: proven, s, worst MSE | here: exact, s, worst MSE (labels right), residual | where not exact |',
);
print('|---|---|---|---|');
for (const name of asked.length > 0 ? asked : usual) {
  const rows = Array.from({ length: seeds }, (_, seed) => run({ ...cases[name], seed, seconds, prototype: !alone }));
  const range = (pick) => {
    const values = rows.map(pick).filter((v) => v !== undefined);
    return values.length === 0 ? '-' : `${Math.min(...values).toFixed(1)}-${Math.max(...values).toFixed(1)}`;
  };
  const worst = (pick) => Math.max(...rows.map((r) => pick(r) ?? 0)).toExponential(0);
  const theirs = alone
    ? '-'
    : `${rows.filter((r) => r.theirs.proven).length}/${seeds}, ${range((r) => r.theirs.seconds)}, ${worst((r) => r.theirs.mse)}`;
  const exact = rows.filter((r) => r.found.status === 'exact');
  const ours = `${exact.length}/${seeds}, ${range((r) => r.found.seconds)}, ${worst((r) => (r.found.status === 'exact' ? r.mse : 0))}, ${worst((r) => (r.found.status === 'exact' ? r.found.residual : 0))}`;
  const not = rows
    .filter((r) => r.found.status !== 'exact')
    .map((r) => `${r.found.status}: ${r.found.reason.slice(0, 160)}`);
  print(`| ${name} | ${theirs} | ${ours} | ${not.join('; ')} |`);
}

function run(settings) {
  const folder = mkdtempSync(join(tmpdir(), 'exan-bench-'));
  try {
    const file = join(folder, 'case.bin');
    const script = [join(here, 'fedavg.py'), reference, data, JSON.stringify(settings), file];
    const theirs = JSON.parse(execFileSync(process.env.PYTHON ?? 'python3', script, { maxBuffer: 1e8 }).toString());
    const { before, after, inputs, labels } = read(file, theirs.widths, settings.samples);
    const { rate, epochs, batchSize, precision = 'float64' } = settings;
    const update = { before, after, rate, epochs, precision, ...(batchSize && { batchSize }) };
    const found = reconstructUpdate(update, { seconds });
    return {
      theirs,
      found,
      mse: worstError(
        found.samples.filter((s) => s.input),
        inputs,
        labels,
      ),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function read(file, widths, samples) {
  const { take, matrix } = doubles(file);
  const network = () => mlpOf(widths.slice(1).map((out, i) => ({ weight: matrix(out, widths[i]), bias: take(out) })));
  return { before: network(), after: network(), inputs: matrix(samples, widths[0]), labels: take(samples) };
}
