import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Cell, cellsOf, expectedOf, notebooksNamed, presentSets, problemsOf } from './support/notebooks';

/** Executes a notebook through its kernel, at the scale of the tests. */
function executed(name: string): { notebook: { cells: readonly Cell[] }; html: string } {
  const out = join('out', 'test', name);
  const args = ['notebooks/execute.mjs', join('notebooks', `${name}.ipynb`), out];
  const env = { ...process.env, EXAN_SCALE: 'ci' };
  const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  const cells = cellsOf(`${out}.ipynb`);
  assert.ok(cells.length > 0, stderr);
  return { notebook: { cells }, html: readFileSync(`${out}.html`, 'utf8') };
}

for (const name of notebooksNamed())
  test(`${name} shows, cell by cell, what notebooks/expected/${name}.json says; its figures survive without a renderer or a network`, () => {
    const { notebook, html } = executed(name);
    const sets = presentSets();
    assert.deepEqual(problemsOf(name, notebook, expectedOf(name), { present: (set) => sets.includes(set) }), []);
    const bundles = notebook.cells.flatMap(({ outputs = [] }) => outputs).flatMap(({ data }) => (data ? [data] : []));
    for (const data of bundles.filter((one) => 'application/vnd.plotly.v1+json' in one))
      assert.ok('image/svg+xml' in data && 'text/plain' in data, `a figure without ${Object.keys(data)}`);
    assert.doesNotMatch(html, /<(script|link|img)[^>]*(src|href)="https?:/);
  });

test('the cells of the quickstart that npm start prints are tagged: the certificate and the comparison', () => {
  const tagged = cellsOf(join('notebooks', '00-quickstart.ipynb')).filter(({ metadata }) =>
    metadata.tags?.includes('report'),
  );
  assert.equal(tagged.length, 2);
});
