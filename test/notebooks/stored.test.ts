import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf, storedOutputs } from './support/notebooks';

const cell = (...outputs: object[]) => JSON.stringify({ cells: [{ cell_type: 'code', id: 'code-01', outputs }] });
const text = (words: string) => ({ output_type: 'display_data', data: { 'text/plain': [words] }, metadata: {} });

test('what differs between runs or machines, and what no viewer shows, is a fault', () => {
  assert.deepEqual(faultsOf('x', cell(text('exact by exan, 8 samples, 3.0 s-1'))), []);
  const wrong: [object, RegExp][] = [
    [text('isic: not in /home/ada/data'), /the path \/home\/ada\/data/],
    [text('not in C:\\Users\\ada'), /the path C:\\Users\\ada/],
    [text('pursuit 30 %, 9 s left'), /the time '9 s left'/],
    [{ output_type: 'stream', name: 'stderr', text: 'warning' }, /words on stderr: warning/],
    [{ output_type: 'error', ename: 'InputError', evalue: '' }, /an error, InputError/],
    [{ ...text(''), data: { 'application/vnd.plotly.v1+json': {} } }, /an output as application\/vnd\.plotly/],
    [{ ...text(''), data: { 'text/html': '<div><progress max="1"></progress></div>' } }, /a progress bar/],
    [{ ...text(''), data: { 'image/png': 'A'.repeat(1e6) } }, /expected at most 1000000/],
  ];
  for (const [output, words] of wrong) assert.match(faultsOf('x', cell(output)).join(), words);
  assert.match(faultsOf('x', cell()).join(), /no outputs; run node notebooks\/store\.mjs x/);
});

test('stored outputs have a figure as PNG with its words, a table as HTML and text, and no progress bar', async () => {
  const figure = {
    'application/vnd.plotly.v1+json': {},
    'image/svg+xml': ['<svg>', '</svg>'],
    'text/plain': '[figure] a\nb',
  };
  const table = { 'text/html': '<table></table>', 'text/plain': 'a  b' };
  const bar = { 'text/html': '<div><progress max="1"></progress> 1 s</div>', 'text/plain': '1 s' };
  const outputs = [bar, figure, table].map((data) => ({ output_type: 'display_data', data, metadata: {} }));
  const stored = await storedOutputs(outputs, async (svg) => ({ png: svg.length.toString(), width: 7, height: 5 }));
  assert.deepEqual(stored, [
    {
      output_type: 'display_data',
      data: { 'image/png': '11', 'text/plain': ['[figure] a\n', 'b'] },
      metadata: { 'image/png': { alt: '[figure] a\nb', width: 7, height: 5 } },
    },
    { output_type: 'display_data', data: { 'text/html': ['<table></table>'], 'text/plain': ['a  b'] }, metadata: {} },
  ]);
});
