// node notebooks/check.mjs EXECUTED.ipynb [--scale paper]: holds an executed notebook against expected/NAME.json, cell by cell.
// Node builtins only. What a check is stands in expected/README.md.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/**
 * Everything in which an executed notebook differs from what is expected of it; empty where nothing does.
 *
 * @param notebook as nbformat has it, with outputs
 * @param expected `{ cells: { id: { ci: [check, …], paper?: [check, …] } } }`
 * @param present whether a data set is there, for checks that need one
 */
export function problemsOf(name, notebook, expected, { scale = 'ci', present = () => true } = {}) {
  const code = notebook.cells.filter((cell) => cell.cell_type === 'code');
  const ids = code.map(({ id }) => id);
  const strangers = Object.keys(expected.cells).filter((id) => !ids.includes(id));
  return [
    ...strangers.map((id) => `${name}: expectations name cell ${id}, which the notebook has not`),
    ...code.flatMap((cell) => cellProblems(cell, expected.cells[cell.id], { scale, present })),
  ].map((problem) => (problem.startsWith(name) ? problem : `${name}, ${problem}`));
}

function cellProblems(cell, entry, { scale, present }) {
  const at = `cell ${cell.id}`;
  const failed = cell.outputs.flatMap(failureOf).map((words) => `${at}: ${words}`);
  if (failed.length > 0) return failed;
  const texts = textsOf(cell.outputs);
  const checks = entry?.[scale] ?? entry?.ci ?? [];
  if (texts.length > 0 && checks.length === 0) return [`${at}: shows something, and nothing is expected of it`];
  return checks
    .filter(({ needs }) => needs === undefined || present(needs))
    .flatMap((one) => checkProblems(one, texts))
    .map((problem) => `${at}, ${problem}`);
}

/** An error, or anything on stderr: plain tslab reports type errors only there. */
function failureOf(output) {
  if (output.output_type === 'error') return [`threw ${output.ename}: ${output.evalue}`];
  if (output.output_type === 'stream' && output.name === 'stderr')
    return [`wrote to stderr: ${joined(output.text).slice(0, 400)}`];
  return [];
}

/** The texts of a cell's outputs, without progress bars. */
export function textsOf(outputs) {
  return outputs
    .filter((output) => !isProgress(output))
    .map((output) => joined(output.data?.['text/plain'] ?? output.text ?? ''))
    .filter((text) => text !== '');
}

/** A progress bar: it tells seconds, so it is neither checked nor stored. */
export function isProgress({ data }) {
  return /^<div><progress /.test(joined(data?.['text/html'] ?? ''));
}

/** nbformat has texts as one string or as lines. */
export function joined(text) {
  return [text].flat().join('');
}

const known = ['text', 'row', 'column', 'every', 'is', 'atMost', 'atLeast', 'output', 'needs'];

function checkProblems(one, texts) {
  const odd = Object.keys(one).find((key) => !known.includes(key));
  if (odd !== undefined)
    return [`check ${JSON.stringify(one)}: '${odd}' is not understood, expected ${known.join(', ')}`];
  const text = texts.at(one.output ?? -1);
  if (text === undefined) return [`output ${one.output ?? 'last'}: expected one, got ${texts.length} in all`];
  if (one.text !== undefined)
    return new RegExp(one.text, 'm').test(text) ? [] : [`expected text /${one.text}/, got ${short(text)}`];
  if (!('is' in one || 'atMost' in one || 'atLeast' in one))
    return [`check ${JSON.stringify(one)}: says nothing, expected 'text', 'is', 'atMost' or 'atLeast'`];
  const rows = tableOf(text, one.column);
  if (rows === undefined) return [`column '${one.column}': expected in a table, got ${short(text)}`];
  const chosen = rowsFor(one, rows);
  if (typeof chosen === 'string') return [`column '${one.column}': ${chosen}`];
  return chosen.flatMap((row) => cellProblem(one, row));
}

/** What is wrong with a cell of a table; an empty one is no number. */
function cellProblem({ column, is, atMost, atLeast }, row) {
  const got = row.cells[column];
  const value = got === '' ? Number.NaN : Number(got);
  const wanted = [
    is !== undefined && got !== String(is) && `'${is}'`,
    atMost !== undefined && !(value <= atMost) && `at most ${atMost}`,
    atLeast !== undefined && !(value >= atLeast) && `at least ${atLeast}`,
  ].filter(Boolean);
  return wanted.map((want) => `row ${row.index} (${row.first}), column '${column}': expected ${want}, got '${got}'`);
}

/** The rows that a check is about, or what is wrong with its choice. */
function rowsFor({ row, every }, rows) {
  if (rows.length === 0) return 'expected rows, got none';
  if (every === true) return rows;
  if (typeof row === 'number') return rows[row] ? [rows[row]] : `expected a row ${row}, got ${rows.length} rows`;
  const wanted = typeof row === 'string' ? { [Object.keys(rows[0].cells)[0]]: row } : row;
  if (wanted === undefined) return "expected 'row' or 'every' in the check";
  const found = rows.filter(({ cells }) => Object.entries(wanted).every(([name, v]) => cells[name] === String(v)));
  if (found.length === 1) return found;
  return `expected one row with ${JSON.stringify(wanted)}, got ${found.length} among ${rows.map(({ first }) => first).join(' | ')}`;
}

/**
 * The rows of a table as `show` prints it, from the line that has the column in its head on. Columns are where no line has a letter
 * for two places, so that an empty cell stays one.
 */
export function tableOf(text, column) {
  const lines = text.split('\n');
  const head = lines.findIndex((line) => line.trim().split(/ {2,}/).includes(column));
  if (head < 0) return undefined;
  const table = lines.slice(head);
  const width = Math.max(...table.map((line) => line.length));
  const padded = table.map((line) => line.padEnd(width));
  const blank = Array.from({ length: width }, (_, at) => padded.every((line) => line[at] === ' '));
  const starts = [...blank.keys()].filter((at) => !blank[at] && (at === 0 || (blank[at - 1] && blank[at - 2])));
  const cut = (line) => starts.map((at, k) => line.slice(at, starts[k + 1] ?? width).trim());
  const names = cut(padded[0]);
  return padded.slice(1).map((line, index) => {
    const values = cut(line);
    return { index, first: values[0], cells: Object.fromEntries(names.map((name, k) => [name, values[k]])) };
  });
}

function short(text) {
  return `'${text.length > 300 ? `${text.slice(0, 300)} …` : text}'`;
}

/** Names of the data sets that are here, as the built library sees them. */
export function presentSets() {
  const { data } = createRequire(import.meta.url)('../dist/index.js');
  return data.catalogue().flatMap(({ name, here }) => (here ? [name] : []));
}

/** What is wrong with an executed notebook's file; `sets` are those that are here. */
export function problemsInFile(path, scale, sets = presentSets()) {
  const name = basename(path, '.ipynb');
  const notebook = JSON.parse(readFileSync(path, 'utf8'));
  return problemsOf(name, notebook, expectedOf(name), { scale, present: (set) => sets.includes(set) });
}

/** What is expected of a notebook, by its name without `.ipynb`; nothing where no file says. */
export function expectedOf(name) {
  const path = join(here, 'expected', `${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { cells: {} };
}

function main([path, ...rest]) {
  const scale = rest[0] === '--scale' ? rest[1] : 'ci';
  if (!path || !['ci', 'paper'].includes(scale) || ![0, 2].includes(rest.length)) {
    process.stderr.write('usage: node notebooks/check.mjs EXECUTED.ipynb [--scale ci|paper]\n');
    return 2;
  }
  const problems = problemsInFile(path, scale);
  process.stdout.write(
    problems.length === 0 ? `${basename(path, '.ipynb')}: as expected\n` : `${problems.join('\n')}\n`,
  );
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main(process.argv.slice(2));
