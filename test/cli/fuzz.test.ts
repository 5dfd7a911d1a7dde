import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { cli } from '../support/exan';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
writeFileSync(at('odd'), '{"a": 1}\u001b[31m');
const fixture = (name: string) => resolve('test', 'fixtures', name);

/** A command line of commands, options and values that are there, put together without sense. */
const word = fc.oneof(
  fc.constantFrom(
    '--data',
    '--size',
    '--widths',
    '--seed',
    '--seconds',
    '--workers',
    '--model',
    '--gradient',
    '--after',
  ),
  fc.constantFrom(
    '--update',
    '--rate',
    '--steps',
    '--batch',
    '--json',
    '--length',
    '--reduction',
    '--architecture',
    '--out',
  ),
  fc.constantFrom(
    '--label',
    '--missing',
    '--most',
    '--bounds',
    '--epochs',
    '--scale',
    '-x',
    '--',
    '--help',
    '--version',
  ),
  fc.constantFrom(
    '0',
    '1',
    '-1',
    '1e999',
    'NaN',
    '',
    '8,4,3',
    '8,,3',
    'mnist',
    'gaussian',
    'mean',
    'paper',
    '__proto__',
  ),
  fc.constantFrom(
    at('odd'),
    at('absent'),
    at('.'),
    fixture('one_hidden.model.safetensors'),
    fixture('conv.architecture.json'),
  ),
  fc.string({ maxLength: 6 }).filter((text) => !text.includes('\0')),
);
const command = fc.constantFrom(
  ['audit'],
  ['demo', '--size', '1'],
  ['witness'],
  ['exposure'],
  ['data', 'info'],
  ['data', 'convert'],
  ['snippet'],
  ['sweep'],
  ['nothing'],
);
const line = fc
  .tuple(command, fc.array(word, { minLength: 1, maxLength: 5 }))
  .map(([first, more]) => [...first, ...more]);

/** Small cases only: what does not end by itself within a minute counts as a failure. */
function run(args: readonly string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [resolve(cli), ...args], {
      cwd: at('.'),
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 60_000,
    });
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    child.on('close', (code) => done({ code, said }));
  });
}

test('any command line ends with exit code 0, or with 2 and a message: no stack, no control characters', async () => {
  const lines = fc.sample(line, { numRuns: 40 * Number(process.env.FUZZ ?? 1), seed: 15 });
  const ends = new Map<number | null, number>();
  for (let k = 0; k < lines.length; k += 4)
    await Promise.all(
      lines.slice(k, k + 4).map(async (args) => {
        const { code, said } = await run(args);
        ends.set(code, (ends.get(code) ?? 0) + 1);
        assert.ok(code === 0 || code === 2, `${JSON.stringify(args)} ended with ${code}: ${said}`);
        if (code === 2 && !args.includes('sweep')) assert.ok(said.length > 0, JSON.stringify(args));
        assert.ok(!/^ {4}at /m.test(said), said);
        assert.ok(
          [...said].every((c) => c === '\n' || c >= ' '),
          JSON.stringify(said),
        );
      }),
    );
  assert.ok((ends.get(2) ?? 0) > lines.length / 4, JSON.stringify([...ends]));
});
