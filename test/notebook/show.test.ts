import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { fromRows } from '../../src/math/matrix';
import { progress, progressLine } from '../../src/notebook/progress';
import { show } from '../../src/notebook/show';

interface Sent {
  readonly data: Readonly<Record<string, unknown>>;
  readonly options: { readonly displayId?: string; readonly update?: boolean; readonly metadata?: unknown } | undefined;
}

const key = Symbol.for('exan.kernel');
const globals = globalThis as Record<symbol, unknown>;

/** A kernel that notes what it is sent. */
function pretendKernel(): Sent[] {
  const sent: Sent[] = [];
  globals[key] = { display: (data: Sent['data'], options: Sent['options']) => sent.push({ data, options }) };
  return sent;
}

afterEach(() => {
  delete globals[key];
});

test('show(value) outside of a notebook returns the bundle and prints nothing', () => {
  assert.deepEqual(show('hello'), { 'text/plain': 'hello' });
});

test('what show(value) returns outside of a known notebook shows itself, as Deno asks for it, and looks like a bundle for all that', () => {
  const own = show([{ a: 1 }]) as Readonly<Record<PropertyKey, unknown>>;
  const display = own[Symbol.for('Jupyter.display')] as () => unknown;
  assert.deepEqual(display(), { 'text/html': own['text/html'], 'text/plain': 'a\n1' });
  assert.deepEqual(Reflect.ownKeys({ ...own }), ['text/html', 'text/plain']);
  assert.deepEqual(show(own), own);
});

test("under Deno every show of a cell is sent by Deno's own interface, and what throws outside of its kernel is no kernel", () => {
  const sent: unknown[] = [];
  const denos = globalThis as { Deno?: object };
  denos.Deno = { jupyter: { broadcast: async (...message: unknown[]) => sent.push(message) } };
  try {
    assert.equal(show('one'), undefined);
    const report = progress('pursuit');
    report(0.5);
    report(1);
    Object.defineProperty(denos.Deno, 'jupyter', {
      get: () => {
        throw new Error('only in a notebook');
      },
    });
    assert.deepEqual(show('two'), { 'text/plain': 'two' });
  } finally {
    delete denos.Deno;
  }
  assert.deepEqual(sent[0], ['display_data', { data: { 'text/plain': 'one' }, metadata: {}, transient: {} }]);
  const [first, last] = sent.slice(1) as [string, { transient: { display_id: string } }][];
  assert.deepEqual([first?.[0], last?.[0], sent.length], ['display_data', 'update_display_data', 3]);
  assert.equal(first?.[1].transient.display_id, last?.[1].transient.display_id);
});

test('show(value) does not change a bundle that it is given', () => {
  const given = Object.freeze({ 'text/plain': 'mine' });
  assert.deepEqual(show(given), given);
});

test('show(value) in a notebook sends one message with every MIME type and returns nothing', () => {
  const sent = pretendKernel();
  assert.equal(show([{ a: 1 }]), undefined);
  assert.equal(sent.length, 1);
  assert.deepEqual(Object.keys(sent[0]?.data ?? {}), ['text/html', 'text/plain']);
});

test('show(pictures) says in words what the PNG shows', () => {
  const sent = pretendKernel();
  const image = { height: 1, width: 1, channels: 1 };
  show({ inputs: fromRows([[1]]), labels: Int32Array.of(4), image });
  assert.deepEqual(sent[0]?.options?.metadata, { 'image/png': { alt: 'batch of 1 sample of 1 x 1 x 1, labels 4' } });
});

test('progress(label) shows once and then updates the same display', () => {
  const sent = pretendKernel();
  const report = progress('pursuit');
  report(0.25, 'start 3');
  report(0.5); // within the pause: not sent
  report(1);
  assert.deepEqual(
    sent.map(({ options }) => options?.update),
    [false, true],
  );
  assert.equal(sent[0]?.options?.displayId, sent[1]?.options?.displayId);
  assert.match(String(sent[1]?.data['text/plain']), /^pursuit 100 %, \d+\.\d s$/);
});

test('progress(label) beats while nothing is reported, until the cell ends, and says then when that was', async () => {
  const sent = pretendKernel();
  const atEnd: (() => void)[] = [];
  Object.assign(globals[key] as object, { onCellEnd: (callback: () => void) => atEnd.push(callback) });
  const report = progress('pursuit');
  const texts = (): string[] => sent.map(({ data }) => String(data['text/plain']));
  while (sent.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.match(texts()[0] as string, /^pursuit 0 %(, \d+ s so far)?$/);
  report(0.5, 'half');
  while (sent.length < 5) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.match(texts()[4] as string, /^pursuit 50 %, \d+ s left, half$/);
  for (const end of atEnd) end();
  assert.match(texts().at(-1) as string, /^pursuit 50 %, ended after \d+\.\d s, half$/);
  const { length } = sent;
  await new Promise((resolve) => setTimeout(resolve, 1200));
  assert.equal(sent.length, length);
  assert.deepEqual(new Set(sent.map(({ options }) => options?.displayId)).size, 1);
});

test('progress(label) that is full beats no more, and the end of the cell adds nothing', async () => {
  const sent = pretendKernel();
  const atEnd: (() => void)[] = [];
  Object.assign(globals[key] as object, { onCellEnd: (callback: () => void) => atEnd.push(callback) });
  progress('pursuit')(1);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  for (const end of atEnd) end();
  assert.equal(sent.length, 1);
});

test('progress(label) refuses a fraction that is none', () => {
  assert.throws(() => progress('x')(Number.NaN), /fraction is NaN, expected a number in \[0, 1\]/);
});

test('progressLine says how long is left, at the pace so far', () => {
  assert.equal(progressLine('pursuit', 0.25, 3), 'pursuit 25 %, 9 s left');
  assert.equal(progressLine('pursuit', 0, 0, 'loading'), 'pursuit 0 %, loading');
  assert.equal(progressLine('pursuit', 0, 12.7, 'loading'), 'pursuit 0 %, 12 s so far, loading');
  assert.equal(progressLine('pursuit', 0.4, 12, '', true), 'pursuit 40 %, ended after 12.0 s');
});
