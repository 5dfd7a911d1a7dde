// npm run notebooks -- [--scale ci|paper] [NAME …]: runs notebooks through their kernel one after the other and holds each against what is
// expected of it. Writes out/notebooks/SCALE/NAME.ipynb and .html. What passed is not run again until its source, its expectations, the
// library, the data or the scale change; a notebook that fails stops no other; Ctrl-C ends with what is done.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { expectedOf, presentSets, problemsInFile } from './check.mjs';
import {
  filesUnder,
  hashOf,
  jupyterEnv,
  kernel,
  main,
  notebooksNamed,
  python,
  root,
  SetupError,
  say,
  setup,
} from './setup.mjs';

const scales = ['ci', 'paper'];
let running; // the Python that executes
let interrupted = false;

/** All that an outcome depends on, as one hash; outputs that are stored in a notebook do not count. */
function stateOf(name, scale, sets) {
  const { cells } = JSON.parse(readFileSync(join(root, 'notebooks', `${name}.ipynb`), 'utf8'));
  const sources = cells.map(({ id, cell_type, source }) => [id, cell_type, [source].flat().join('')]);
  const built = ['dist/.sources', '.venv/.exan-kernel'].map((stamp) => readFileSync(join(root, stamp), 'utf8'));
  const files = hashOf(filesUnder(join(root, 'notebooks', 'pytorch')));
  const all = [sources, expectedOf(name), built, files, scale, sets, process.version];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}

/** Executes a notebook; resolves when its process has ended, whatever came of it. */
function executed(name, scale, out) {
  const script = join(root, 'notebooks', 'execute.py');
  const env = { ...process.env, ...jupyterEnv, EXAN_SCALE: scale };
  running = spawn(python, [script, kernel, join(root, 'notebooks', `${name}.ipynb`), out], {
    cwd: root,
    env,
    stdio: ['ignore', process.stderr, 'ignore'], // what its cells complain of is among the problems
    detached: process.platform !== 'win32', // Ctrl-C reaches it once, from here
  });
  return new Promise((resolve, reject) => running.on('exit', resolve).on('error', reject));
}

/** Runs and checks one notebook, unless it passed in this state before. */
async function outcomeOf(name, scale, sets) {
  const out = join(root, 'out', 'notebooks', scale, name);
  const stamp = `${out}.passed.json`;
  const state = stateOf(name, scale, sets);
  const before = existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')) : {};
  if (before.state === state) return { name, outcome: 'passed before', minutes: before.minutes, problems: [] };
  rmSync(stamp, { force: true });
  rmSync(`${out}.ipynb`, { force: true });
  say(`running ${name}`);
  const start = performance.now();
  await executed(name, scale, out);
  const minutes = (performance.now() - start) / 60_000;
  if (interrupted) return { name, outcome: 'interrupted', minutes, problems: [] };
  const problems = existsSync(`${out}.ipynb`)
    ? problemsInFile(`${out}.ipynb`, scale, sets)
    : [`${name}: did not run to its end`];
  if (problems.length === 0) writeFileSync(stamp, JSON.stringify({ state, minutes }));
  return { name, outcome: problems.length === 0 ? 'passed' : 'failed', minutes, problems };
}

function print(outcomes) {
  const rows = outcomes.map(({ name, outcome, minutes }) => [name, outcome, minutes.toFixed(1)]);
  const lines = [['notebook', 'outcome', 'minutes'], ...rows];
  const width = (c) => Math.max(...lines.map((line) => line[c].length));
  for (const [name, outcome, minutes] of lines)
    process.stdout.write(`${name.padEnd(width(0))}  ${outcome.padEnd(width(1))}  ${minutes.padStart(width(2))}\n`);
  for (const problem of outcomes.flatMap(({ problems }) => problems)) process.stdout.write(`${problem}\n`);
}

function told() {
  const options = { scale: { type: 'string', default: 'ci' } };
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (scales.includes(values.scale)) return { scale: values.scale, names: notebooksNamed(positionals) };
    throw new SetupError(`--scale is ${values.scale}, expected ${scales.join(' or ')}`);
  } catch (error) {
    throw new SetupError(`npm run notebooks -- [--scale ci|paper] [NAME …]: ${error.message}`);
  }
}

await main(async () => {
  const { scale, names } = told();
  setup();
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => {
      interrupted = true;
      running?.kill('SIGINT'); // nbclient then ends the kernel
    });
  mkdirSync(join(root, 'out', 'notebooks', scale), { recursive: true });
  const sets = presentSets();
  const outcomes = [];
  for (const name of names) {
    if (interrupted) break;
    outcomes.push(await outcomeOf(name, scale, sets));
  }
  print(outcomes);
  process.stdout.write(`out/notebooks/${scale}/ has each of them executed, as .ipynb and .html\n`);
  const failed = outcomes.some(({ outcome }) => outcome === 'failed');
  process.exitCode = interrupted ? 130 : failed ? 1 : 0;
});
