// The ExAN attack: accuracy and time per case, and time over the number of weights. Run: npm run build && node test/bench/exan.mjs
// Float32 gradients come from PyTorch where PYTHON (default python3) has torch and safetensors, else from exan, and the table says which.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const exan = createRequire(import.meta.url)('../../dist/index.js');
const folder = mkdtempSync(join(tmpdir(), 'exan-bench-'));
const at = (name) => join(folder, name);
const cli = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const script = new URL('torch_gradient.py', import.meta.url).pathname;

const insecure = (model) => (batch) => exan.securityBoundary(exan.exclusivityState(model, batch)).insecure;

function prepare(model, batch, precision) {
  exan.writeModel(at('model'), model, { dtype: precision === 'float32' ? 'F32' : 'F64' });
  exan.writeBatch(at('batch'), batch, { dtype: precision === 'float32' ? 'F32' : 'F64' });
  if (precision === 'float32') {
    try {
      execFileSync(process.env.PYTHON ?? 'python3', [script, at('model'), at('batch'), at('gradient')], {
        stdio: 'pipe',
      });
      return 'PyTorch';
    } catch {}
  }
  exan.writeGradient(
    at('gradient'),
    exan.captureGradient(exan.readModel(at('model')), exan.readBatch(at('batch')), { precision }),
  );
  return 'exan';
}

/** A fresh process each time, as a user runs it: the attack's own seconds, after load. */
function audit() {
  const runs = Array.from({ length: 5 }, () =>
    JSON.parse(
      execFileSync(
        process.execPath,
        [cli, 'audit', '--model', at('model'), '--gradient', at('gradient'), '--out', folder, '--json'],
        { encoding: 'utf8' },
      ),
    ),
  );
  runs.sort((a, b) => a.seconds - b.seconds);
  return runs[2];
}

const rows = [];
function measure(name, model, batch, precision) {
  const source = prepare(model, batch, precision);
  const report = audit();
  const found =
    report.status !== 'inconsistent' && report.status !== 'not-unique'
      ? exan.readBatch(at('reconstruction.safetensors'))
      : null;
  const score = found && exan.score(found, exan.readBatch(at('batch')));
  // warm: the same attack in a process that has run it before
  const [m, g] = [exan.readModel(at('model')), exan.readGradient(at('gradient'))];
  const before = process.memoryUsage().arrayBuffers;
  exan.reconstruct(m, g); // nothing is collected meanwhile, so this is an upper bound of what the attack allocates
  const size = g.gradients.reduce((sum, { weight, bias }) => sum + weight.data.byteLength + (bias?.byteLength ?? 0), 0);
  const memory = 1 + (process.memoryUsage().arrayBuffers - before) / size;
  for (let k = 0; k < 2; k++) exan.reconstruct(m, g);
  const warm = exan.reconstruct(m, g).seconds;
  rows.push({
    case: name,
    gradient: `${precision}, ${source}`,
    MB: (statSync(at('gradient')).size / 2 ** 20).toFixed(1),
    status: report.status,
    labels: score ? `${Math.round(score.labelAccuracy * batch.inputs.rows)}/${batch.inputs.rows}` : '-',
    'worst MSE': score ? score.mse.max.toExponential(1) : '-',
    'cold ms': (report.seconds * 1e3).toFixed(0),
    'warm ms': (warm * 1e3).toFixed(0),
    'memory / gradient': memory.toFixed(1),
    residual: report.certificate.residual.toExponential(1),
  });
}

const mnist = await exan.data.mnist();
for (const precision of ['float32', 'float64']) {
  const model = exan.mlp({ widths: [784, 512, 10], seed: 1 });
  measure('MNIST 784-512-10, M = 8', model, mnist.draw({ size: 8, seed: 1, where: insecure(model) }), precision);
}
try {
  const cifar = await exan.data.cifar10();
  for (const precision of ['float32', 'float64']) {
    const model = exan.mlp({ widths: [3072, 512, 512, 10], seed: 1 });
    measure(
      'CIFAR-10 3072-512-512-10, M = 4',
      model,
      cifar.draw({ size: 4, seed: 1, where: insecure(model) }),
      precision,
    );
  }
} catch (error) {
  console.log(`CIFAR-10 left out: ${error.message}`);
}
for (const width of [256, 512, 1024, 2048, 4096, 8192]) {
  const model = exan.mlp({ widths: [784, width, 10], seed: 1 });
  measure(`MNIST 784-${width}-10, M = 4`, model, mnist.draw({ size: 4, seed: 1, where: insecure(model) }), 'float64');
}
console.table(rows);
rmSync(folder, { recursive: true, force: true });
