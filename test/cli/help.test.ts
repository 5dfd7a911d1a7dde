import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exan } from '../support/exan';

/** Commands that a help page lists, `help` itself left out. */
const listed = (page: string): string[] => {
  const names = page.slice(page.indexOf('Commands:')).matchAll(/^ {2}([a-z]+)(?: [[<]| {2})/gm);
  return [...names].map(([, name]) => name as string).filter((name) => name !== 'help');
};

test('exan without arguments is exan --help: it lists the commands on standard output', () => {
  const { code, stdout, stderr } = exan();
  assert.deepEqual([code, stderr], [0, '']);
  assert.equal(exan('--help').stdout, stdout);
  const commands = [
    'demo',
    'audit',
    'snippet',
    'data',
    'exposure',
    'witness',
    'defend',
    'compare',
    'sweep',
    'worker',
    'figure',
    'lab',
    'install',
    'uninstall',
  ];
  assert.deepEqual(listed(stdout), commands);
});
test('every command, those of sweep and data too, answers --help with its options on standard output', () => {
  const under = (name: string): string[] => listed(exan(name, '--help').stdout);
  assert.deepEqual(under('sweep'), [
    'phase',
    'robustness',
    'federated',
    'training',
    'boundary',
    'convolutions',
    'defences',
    'compare',
    'merge',
    'script',
  ]);
  assert.deepEqual(under('data'), ['list', 'info', 'get', 'convert']);
  const tops = listed(exan().stdout).map((name) => [name]);
  const commands = [...tops, ...['sweep', 'data'].flatMap((top) => under(top).map((name) => [top, name]))];
  for (const command of commands) {
    const { code, stdout, stderr } = exan(...command, '--help');
    assert.deepEqual([code, stderr], [0, ''], command.join(' '));
    assert.ok(stdout.startsWith(`Usage: exan ${command.join(' ')}`), stdout);
    assert.match(stdout, /^ {2}-h, --help/m);
    const name = command.join(' ');
    if (stdout.includes('\nCommands:') || name === 'audit') continue; // a group; and one whose examples are tested with it
    const [, example] = /^Example:\n {2}npx exan (.*?)( > .*)?$/m.exec(stdout) ?? assert.fail(`${name} has no example`);
    assert.ok(example === name || example?.startsWith(`${name} `), example);
    // values are looked at before names: that all else is understood is seen from what is said of the one name that is none
    const { stderr: said } = exan(...(example as string).split(' '), '--no-such');
    assert.match(said, /unknown option '--no-such'/);
  }
});
test('help says the default of an option as one would type it', () => {
  assert.match(exan('sweep', 'robustness', '--help').stdout, /--size <n> +samples in the batch \(default: 8\)/);
  const federated = exan('sweep', 'federated', '--help').stdout;
  assert.match(federated, /--sizes <n,…> +local samples \(default: 8,16,32\)/);
  assert.match(federated, /--batches <n,…> +samples of a mini-batch, or all \(default: all\)/);
  assert.match(exan('audit', '--help').stdout, /--workers <n> +threads \(default: one per core\)/);
});
test('exan --version is that of package.json', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.deepEqual(exan('--version'), { code: 0, stdout: `${version}\n`, stderr: '' });
});
test('a misspelt option or command is refused with exit code 2 and the one that may be meant', () => {
  for (const [args, hint] of [
    [['demo', '--sise', '8'], "exan demo: unknown option '--sise' (Did you mean --size?); see exan demo --help"],
    [['sweep', 'phase', '--seed', '8'], "unknown option '--seed' (Did you mean --seeds?); see exan sweep phase --help"],
    [['demmo'], "exan: unknown command 'demmo' (Did you mean demo?)"],
  ] as const) {
    const { code, stdout, stderr } = exan(...args);
    assert.deepEqual([code, stdout], [2, '']);
    assert.ok(stderr.includes(hint), stderr);
    assert.equal(stderr.trim().split('\n').length, 1);
  }
});
test('values that are none are refused, and so are stray arguments', () => {
  for (const [args, what] of [
    [['demo', '--size', '-3'], /'--size <n>' argument '-3' is invalid\. Expected a whole number;/],
    [['demo', '--widths', '784,,10'], /'--widths <n,…>' argument '784,,10' is invalid/],
    [['demo', '--data', 'minst'], /argument 'minst' is invalid\. Allowed choices are mnist, fashionMnist/],
    [['demo', '8'], /too many arguments/],
    [['sweep', 'federated', '--seconds', '0'], /argument '0' is invalid\. Expected a positive number/],
    [['exposure', '--model', 'm'], /--model and --batch need each other/],
  ] as const) {
    const { code, stdout, stderr } = exan(...args);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, what);
  }
});

test('what cannot be made or read is said in one line without control characters, and a closed pipe is no error', () => {
  const huge = exan('demo', '--widths', '784,3000000000,10');
  assert.deepEqual([huge.code, huge.stdout], [2, '']);
  assert.match(huge.stderr, /^mlp: widths 784,3000000000,10 make 2382000000000 weights, expected at most 2\^31 .*\n$/);
  const odd = exan('audit', '--model', 'no\u001b[31m\u0007such', '--gradient', 'none');
  assert.equal(odd.code, 2);
  assert.ok(
    [...odd.stderr.trimEnd()].every((c) => c >= ' '),
    odd.stderr,
  );
  const piped = spawnSync('bash', ['-c', `set -o pipefail; "${process.execPath}" build/src/cli/main.js --help | true`]);
  assert.deepEqual([piped.status, piped.stderr.toString()], [0, '']);
});
test('a full disk under standard output or error is one line, or no matter', { skip: !existsSync('/dev/full') }, () => {
  const shell = (line: string) => {
    const run = spawnSync('bash', ['-c', line, process.execPath, join('build', 'src', 'cli', 'main.js')]);
    return [run.status, run.stdout.toString(), run.stderr.toString()] as const;
  };
  const [code, , said] = shell('"$0" "$1" --help > /dev/full');
  assert.equal(code, 2);
  assert.match(
    said,
    /^exan: standard output cannot be written \(ENOSPC[^\n]*; free some space, or send it elsewhere\n$/,
  );
  assert.deepEqual(shell('"$0" "$1" demo --size 0 2> /dev/full'), [2, '', '']);
});
