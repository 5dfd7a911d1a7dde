import assert from 'node:assert/strict';
import { test } from 'node:test';
import { table } from '../../src/notebook/table';
import { problemsOf, tableOf } from './support/notebooks';

const text = (words: string) => ({ output_type: 'display_data', data: { 'text/plain': words } });
const rows = (of: readonly Record<string, unknown>[], caption = '') => text(table(of, caption)['text/plain'] as string);
const bar = {
  output_type: 'display_data',
  data: { 'text/html': '<div><progress max="1"></progress></div>', 'text/plain': 'attack 100 %, 2.1 s' },
};
const notebook = (...outputs: readonly object[]) => ({
  cells: [
    { cell_type: 'markdown', id: 'words' },
    { cell_type: 'code', id: 'code-01', outputs },
  ],
});
/** Problems of a notebook whose one code cell has these outputs and checks. */
const found = (outputs: readonly object[], checks: readonly object[], options = {}): string[] =>
  problemsOf('01-some', notebook(...outputs), { cells: { 'code-01': { ci: checks } } }, options);

const digits = rows(
  [
    { data: 'MNIST', M: 8, MSE: 1.5e-29, why: 'all of it' },
    { data: 'fundus', M: null, MSE: 0.25, why: '' },
    { data: 'fundus', M: 32, MSE: 2, why: '' },
  ],
  'exact by exan, 8 samples',
);

test('tableOf(text) keeps empty cells, whatever stands beside them, and words with single spaces', () => {
  const cells = tableOf(digits.data['text/plain'], 'M')?.map((row) => row.cells);
  assert.deepEqual(cells, [
    { data: 'MNIST', M: '8', MSE: '1.5e-29', why: 'all of it' },
    { data: 'fundus', M: '', MSE: '0.25', why: '' },
    { data: 'fundus', M: '32', MSE: '2', why: '' },
  ]);
  assert.equal(tableOf(digits.data['text/plain'], 'PSNR'), undefined);
});

test('checks that hold leave no problem: text, rows by number, by name and by several cells, every row, a progress bar before', () => {
  const all = [
    { text: '^exact by exan' },
    { row: 0, column: 'M', is: 8 },
    { row: 'MNIST', column: 'MSE', atMost: 1e-20 },
    { row: { data: 'fundus', M: 32 }, column: 'MSE', atLeast: 1, atMost: 3 },
    { every: true, column: 'MSE', atMost: 2 },
    { output: 0, text: 'first' },
  ];
  assert.deepEqual(found([bar, text('the first'), digits], all), []);
});

test('a check that does not hold names notebook, cell, row, column, what was expected and what was got', () => {
  assert.deepEqual(found([digits], [{ every: true, column: 'MSE', atMost: 1 }]), [
    "01-some, cell code-01, row 2 (fundus), column 'MSE': expected at most 1, got '2'",
  ]);
  assert.match(found([digits], [{ row: 0, column: 'why', is: 'all' }])[0] ?? '', /expected 'all', got 'all of it'$/);
  assert.match(found([text('partial')], [{ text: '^exact' }])[0] ?? '', /expected text \/\^exact\/, got 'partial'$/);
});

test('an empty cell is within no limits', () => {
  assert.match(found([digits], [{ row: 1, column: 'M', atMost: 9 }])[0] ?? '', /expected at most 9, got ''$/);
});

test('what a check is about has to be there, once', () => {
  const wrong: [object, RegExp][] = [
    [{ row: 'fundus', column: 'MSE', atMost: 1 }, /expected one row with {"data":"fundus"}, got 2/],
    [{ row: 'ISIC', column: 'MSE', atMost: 1 }, /got 0 among MNIST \| fundus \| fundus/],
    [{ row: 3, column: 'MSE', atMost: 1 }, /expected a row 3, got 3 rows/],
    [{ row: 0, column: 'PSNR', atMost: 1 }, /column 'PSNR': expected in a table/],
    [{ row: 0, column: 'MSE' }, /says nothing/],
    [{ row: 0, column: 'MSE', below: 1 }, /'below' is not understood/],
    [{ output: 2, text: 'x' }, /output 2: expected one, got 1 in all/],
  ];
  for (const [check, words] of wrong) assert.match(found([digits], [check]).join(), words);
});

test('a cell that shows something is expected to, and a cell that is expected is there', () => {
  assert.match(found([digits], [])[0] ?? '', /shows something, and nothing is expected of it/);
  assert.deepEqual(problemsOf('01-some', notebook(), { cells: {} }), []);
  const gone = problemsOf('01-some', notebook(), { cells: { 'code-07': { ci: [{ text: 'x' }] } } });
  assert.deepEqual(gone, ['01-some: expectations name cell code-07, which the notebook has not']);
});

test('an error and a line on stderr are problems, whatever else is shown', () => {
  const threw = { output_type: 'error', ename: 'InputError', evalue: 'mlp: no widths', traceback: [] };
  assert.deepEqual(found([digits, threw], [{ text: 'exact' }]), [
    '01-some, cell code-01: threw InputError: mlp: no widths',
  ]);
  const complained = { output_type: 'stream', name: 'stderr', text: ['TS2304: Cannot find', ' name'] };
  assert.match(found([digits, complained], [{ text: 'exact' }])[0] ?? '', /wrote to stderr: TS2304: Cannot find name/);
});

test('the paper has its own numbers where it has any, and a check that needs an absent set is left out', () => {
  const expected = { cells: { 'code-01': { ci: [{ text: '^small' }], paper: [{ text: '^large' }] } } };
  assert.deepEqual(problemsOf('01-some', notebook(text('large')), expected, { scale: 'paper' }), []);
  assert.equal(problemsOf('01-some', notebook(text('large')), expected).length, 1);
  const isic = [{ needs: 'isic', text: 'ISIC' }];
  assert.deepEqual(found([digits], isic, { present: () => false }), []);
  assert.equal(found([digits], isic, { present: (name: string) => name === 'isic' }).length, 1);
});
