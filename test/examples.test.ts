import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { runInThisContext } from 'node:vm';
import ts from 'typescript';
import * as exan from '../src';
import { assertShown, type Step, stepsOf } from './support/example';
import { writeNpz } from './support/npz';
import { publicValues, typeErrors } from './support/publicApi';
import { publishSets } from './support/publishedSets';
import { temporaryFolder } from './support/temporary';

// Every example is run as a notebook cell would be: with the public names, and with what src/index.ts says that examples
// may take for granted. Files go to a folder that is removed; EXAN_DATA, which is ./data, holds tiny stand-ins for the data sets.

const at = temporaryFolder();
const here = process.cwd();
const examples = publicValues.flatMap(({ name, examples }) => examples.map((example) => ({ name, example })));

before(() => {
  const byte = (count: number) => Uint8Array.from({ length: count }, (_, k) => k % 2);
  const pictures = (size: number) => ({ x: { shape: [2, size, size, 3], data: byte(6 * size * size) }, y: labels });
  const labels = { shape: [2], data: byte(2) };
  for (const [folder, file, arrays] of [
    ['cifar10_jpeg', 'cifar10', pictures(32)],
    ['retina', 'retina_28', pictures(28)],
    ['isic', 'isic_64', pictures(64)],
    ['att_faces', 'att_faces_64', { x: { shape: [2, 64, 64], data: byte(8192) }, y: labels }],
    ['location30', 'location30', { x: { shape: [2, 446], data: byte(892) }, y: labels }],
  ] as const) {
    mkdirSync(at(`data/${folder}`), { recursive: true });
    writeNpz(at(`data/${folder}/${file}.npz`), arrays);
  }
  publishSets((name) => at(`data/${name}`));
  process.chdir(at('.'));
});
after(() => process.chdir(here));

test('every public function has an example that shows a result', () => {
  const shows = (example: string): boolean => stepsOf(example).some(({ result }) => result !== undefined);
  const bare = publicValues.filter(({ callable, examples }) => callable && !examples.some(shows));
  assert.deepEqual(
    bare.map(({ name }) => name),
    [],
  );
  assert.ok(publicValues.filter(({ callable }) => callable).length > 60);
});

test('examples pass the type checker as notebook cells do', () => {
  process.chdir(here); // the program's paths are relative
  const cells = examples.map(({ example }) => `async function cell() { ${example}\n }`);
  const header = [
    "import * as exan from '../src';",
    `const { ${Object.keys(exan).join(', ')} } = exan;`,
    'declare const model: exan.Mlp; declare const secret: exan.Batch; declare const gradient: exan.AveragedGradient;',
    'declare const found: exan.Reconstruction; declare const digits: exan.Dataset;',
    "declare const tf: typeof import('@tensorflow/tfjs');",
  ];
  assert.deepEqual(
    typeErrors('test/examples.cells.ts', [...header, ...cells.map((cell) => `{ ${cell} }`)].join('\n')),
    [],
  );
  process.chdir(at('.'));
});

for (const { name, example } of examples)
  test(`the example of ${name} gives the result that it shows`, async () => {
    process.env.EXAN_DATA = at('data');
    const steps = stepsOf(example);
    const results = await run(steps);
    steps
      .filter(({ result }) => result !== undefined)
      .forEach(({ result }, k) => assertShown(results[k], result as string));
  });

/** The values of the steps that show one. */
async function run(steps: readonly Step[]): Promise<unknown[]> {
  const scope = { ...exan, ...(await takenForGranted()) };
  const body = steps.map(({ code, result }) => (result === undefined ? code : `results.push(${code});`)).join('\n');
  const names = Object.keys(scope);
  const { outputText } = ts.transpileModule(
    `async (results: unknown[], ${names.map((name) => `${name}: any`).join(', ')}) => { { ${body} } return results; }`,
    { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS } },
  );
  const cell = runInThisContext(outputText) as (...values: unknown[]) => Promise<unknown[]>;
  return cell([], ...Object.values(scope));
}

let fixtures: Promise<Record<string, unknown>> | undefined;

/** See the top of src/index.ts. */
function takenForGranted(): Promise<Record<string, unknown>> {
  fixtures ??= (async () => {
    const digits = await exan.data.mnist();
    const model = exan.mlp({ widths: [784, 512, 10], seed: 7 });
    const secret = digits.draw({ size: 8, seed: 4 });
    const gradient = exan.captureGradient(model, secret);
    const tf = await import('@tensorflow/tfjs');
    tf.enableProdMode(); // no word about a faster backend
    return { tf, digits, model, secret, gradient, found: exan.reconstruct(model, gradient) };
  })();
  return fixtures;
}
