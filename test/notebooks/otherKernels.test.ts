import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Cell, expectedOf, type Output, presentSets, problemsOf } from './support/notebooks';
import { deno, executedIn, type OtherKernel } from './support/otherKernels';

const names = ['00-quickstart', '01-what-a-gradient-reveals', '12-audit-your-own'];

/** TensorFlow.js greets on stderr where the exan kernel has not told it to be quiet: an advertisement, not a failure. */
function withoutGreeting({ cells }: { cells: readonly Cell[] }): { cells: readonly Cell[] } {
  const greets = (output: Output & { readonly text?: string | readonly string[] }): boolean =>
    /TensorFlow\.js in Node\.js/.test([output.text ?? ''].flat().join(''));
  return {
    cells: cells.map((cell) => ({ ...cell, ...(cell.outputs && { outputs: cell.outputs.filter((o) => !greets(o)) }) })),
  };
}

function problemsIn(kernel: OtherKernel, name: string, path?: string): string[] {
  const sets = presentSets();
  const notebook = withoutGreeting(executedIn(kernel, name, path));
  assert.ok(
    notebook.cells.some(({ outputs = [] }) => outputs.some(({ data }) => data?.['text/html'] || data?.['image/png'])),
  );
  return problemsOf(name, notebook, expectedOf(name), { present: (set) => sets.includes(set) });
}

for (const name of names)
  test(`${name} shows in plain tslab, cell by cell, what is expected of it`, () => {
    assert.deepEqual(problemsIn('tslab', name), []);
  });

let found: ReturnType<typeof deno>;
before(() => {
  found = deno();
});
for (const name of names)
  test(`${name} shows in Deno's kernel, cell by cell, what is expected of it`, (t) => {
    if ('missing' in found) return t.skip(found.missing);
    assert.deepEqual(problemsIn('deno', name, found.path), []);
  });
