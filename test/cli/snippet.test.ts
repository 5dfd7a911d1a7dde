import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readBatch } from '../../src/data/batchFile';
import { score } from '../../src/verification/certificate/score';
import { exan } from '../support/exan';
import { lacks, python, runPython } from '../support/python';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const scriptOf = (framework: string): string => {
  const { code, stdout, stderr } = exan('snippet', framework);
  assert.deepEqual([code, stderr], [0, '']);
  return stdout;
};
/** The commands that a script printed, run with --out; the folders of what was recovered. */
function audited(said: string, folder: string): { report: { status: string; reason: string }; out: string }[] {
  const commands = [...said.matchAll(/^exan (audit .*)$/gm)].map(([, args = '']) => args.split(' '));
  assert.ok(commands.length > 0, said);
  return commands.map((args, k) => {
    const paths = args.map((arg) => (/\.(safetensors|json)$/.test(arg) ? join(folder, arg) : arg));
    const out = join(folder, `found${k}`);
    const { code, stdout, stderr } = exan(...paths, '--json', '--seconds', '20', '--out', out);
    assert.equal(code, 0, stderr);
    return { report: JSON.parse(stdout), out: join(out, 'reconstruction.safetensors') };
  });
}
const saving = 'from safetensors.torch import save_file';

test('exan snippet prints Python, and refuses a framework that it does not know', () => {
  assert.match(scriptOf('pytorch'), /^"""Saves what a federated client shares.*\ndef save_gradient\(/s);
  assert.match(scriptOf('flower'), /^"""One round of Flower.*\nclass Audited\(FedAvg\)/s);
  const { code, stderr } = exan('snippet', 'jax');
  assert.deepEqual([code, /Allowed choices are pytorch, flower/.test(stderr)], [2, true]);
});

const withTorch = { skip: lacks('torch', 'safetensors') };
test('the PyTorch snippet runs as it is, and the command that it prints reads its batch back', withTorch, () => {
  mkdirSync(at('alone'));
  writeFileSync(at('alone/exan_save.py'), scriptOf('pytorch'));
  const said = runPython(['import runpy', 'runpy.run_path("exan_save.py", run_name="__main__")'], at('alone'));
  const [{ report, out } = assert.fail()] = audited(said, at('alone'));
  assert.equal(report.status, 'exact', report.reason);
  assert.deepEqual([...readBatch(out).labels].sort(), [1, 1, 3, 4]);
});

const cases: Record<string, readonly string[]> = {
  'layers with names, and a loss that has the softmax': [
    'class Net(nn.Module):',
    '  def __init__(s):',
    '    super().__init__(); s.hidden = nn.Linear(36, 96); s.classify = nn.Linear(96, 4)',
    '  def forward(s, x): return F.log_softmax(s.classify(torch.relu(s.hidden(x.view(x.size(0), -1)))), dim=1)',
    'model = torch.nn.DataParallel(Net())',
    'loss = F.nll_loss(model(x), y)',
  ],
  'a convolution and functions in forward()': [
    'class Net(nn.Module):',
    '  def __init__(s):',
    '    super().__init__()',
    '    s.stem = nn.Conv2d(1, 32, 3, padding="same"); s.out = nn.Linear(128, 4); s.body = nn.Linear(32 * 36, 128)',
    '  def forward(s, x): return s.out(F.relu(s.body(torch.flatten(F.relu(s.stem(x)), 1))))',
    'model = Net()',
    'loss = F.cross_entropy(model(x), y)',
  ],
  'leaky ReLU, which names do not tell': [
    'model = nn.Sequential(nn.Flatten(), nn.Linear(36, 96), nn.LeakyReLU(0.2), nn.Linear(96, 4))',
    'loss = F.cross_entropy(model(x), y)',
  ],
};
for (const [title, lines] of Object.entries(cases))
  test(`the PyTorch snippet saves ${title}`, withTorch, () => {
    const folder = at(title.slice(0, 12).replace(/\W/g, ''));
    mkdirSync(folder);
    writeFileSync(join(folder, 'exan_save.py'), scriptOf('pytorch'));
    const said = runPython(
      [
        ...['import torch, torch.nn as nn, torch.nn.functional as F', 'from exan_save import save_gradient', saving],
        ...['torch.manual_seed(3)', 'x, y = torch.rand(3, 1, 6, 6), torch.tensor([0, 1, 3])'],
        ...lines,
        ...['loss.backward()', 'save_gradient(model, x)', 'save_file({"inputs": x.flatten(1), "labels": y}, "truth")'],
      ],
      folder,
    );
    const [{ report, out } = assert.fail()] = audited(said, folder);
    assert.ok(['exact', 'approximate'].includes(report.status), report.reason);
    const { mse, labelAccuracy } = score(readBatch(out), readBatch(join(folder, 'truth')));
    assert.equal(labelAccuracy, 1);
    assert.ok(mse.max < 1e-8, `${mse.max}`);
  });
test('the PyTorch snippet says what exan does not read instead of saving it', withTorch, () => {
  writeFileSync(at('exan_save.py'), scriptOf('pytorch'));
  const refuse = (expression: string, ...before: string[]): string =>
    runPython(
      [
        ...['import torch, torch.nn as nn, torch.nn.functional as F', 'from exan_save import architecture', ...before],
        ...['try:', `  architecture(${expression})`, 'except ValueError as error:', '  print(error)'],
      ],
      at('.'),
    );
  assert.match(refuse('nn.Sequential(nn.Linear(8, 4), nn.GELU(), nn.Linear(4, 2))'), /1 is GELU, which exan does not/);
  assert.match(refuse('nn.Sequential(nn.Conv2d(4, 4, 3, groups=2))'), /without groups and dilation/);
  const skip = [
    'class Skip(nn.Module):',
    '  def __init__(s): super().__init__(); s.a = nn.Linear(8, 8)',
    '  def forward(s, x): return x + s.a(x)',
  ];
  assert.match(refuse('Skip()', ...skip), /forward\(\) calls add, which exan does not read/);
});
test('the PyTorch snippet saves an update of local steps', withTorch, () => {
  mkdirSync(at('update'));
  writeFileSync(at('update/exan_save.py'), scriptOf('pytorch'));
  const said = runPython(
    [
      ...['import torch, torch.nn as nn, torch.nn.functional as F', 'from exan_save import *', saving],
      ...['torch.manual_seed(5)', 'model = nn.Sequential(nn.Linear(20, 96), nn.ReLU(), nn.Linear(96, 5))'],
      ...['x, y = torch.randn(4, 20), torch.tensor([0, 1, 3, 4])', 'before = snapshot(model)'],
      ...['optimizer = torch.optim.SGD(model.parameters(), lr=0.1)', 'for _ in range(3):'],
      ...['  optimizer.zero_grad(); F.cross_entropy(model(x), y).backward(); optimizer.step()'],
      ...['save_update(before, model, x, rate=0.1, steps=3)', 'save_file({"inputs": x, "labels": y}, "truth")'],
    ],
    at('update'),
  );
  const [{ report, out } = assert.fail()] = audited(said, at('update'));
  assert.ok(['exact', 'approximate'].includes(report.status), report.reason);
  const { mse, labelAccuracy } = score(readBatch(out), readBatch(at('update/truth')));
  assert.deepEqual([labelAccuracy, mse.max < 1e-9], [1, true]);
});

test("a round of Flower: the server's files give both clients' samples", {
  skip: lacks('flwr', 'ray', 'torch', 'safetensors'),
}, () => {
  mkdirSync(at('flower'));
  writeFileSync(at('flower/federation.py'), scriptOf('flower'));
  const said = runPython(['import runpy', 'runpy.run_path("federation.py", run_name="__main__")'], at('flower'));
  const truth =
    'import federation\nfor k in (0, 1):\n  x, y = federation.samples(k); save_file({"inputs": x, "labels": y}, f"truth{k}")';
  runPython([saving, ...truth.split('\n')], at('flower'));
  const truths = [0, 1].map((k) => readBatch(at(`flower/truth${k}`)));
  const found = audited(said, at('flower'));
  assert.equal(found.length, 2, python);
  const of = found.map(({ report, out }) => {
    assert.equal(report.status, 'exact', report.reason);
    // which client is which is the server's knowledge, not the file's
    return truths.findIndex((batch) => score(readBatch(out), batch).mse.max < 1e-8);
  });
  assert.deepEqual(of.sort(), [0, 1]);
});
