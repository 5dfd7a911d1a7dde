import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../../src/data/synthetic';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { stackAgreement } from '../../../src/gradient/replay/stackAgreement';
import { matrix, norm, row } from '../../../src/math/matrix';
import { convNet } from '../../../src/model/convNet';
import { convNetOf } from '../../../src/model/convNetOf';
import { forward } from '../../../src/model/forward';
import type { AffineLayer, Batch, ConvNet } from '../../../src/types';

const drawn = gaussian({ size: 2, dimension: 64, classes: 4, seed: 3 });
const secret = { ...drawn, inputs: { ...drawn.inputs, data: drawn.inputs.data.map(Math.fround) } };
const filter = 5;

/** A network whose first convolution has, for the first sample, one value of a filter at `height` above zero; a faint filter has all of them near. */
function nearZero(height: number, plan: Parameters<typeof convNet>[0]['plan'], faint = 1): ConvNet {
  const input = { channels: 1, height: 8, width: 8 };
  const net = convNet({ input, plan, head: [20], classes: 4, init: 'he', seed: 2 });
  const [drawn, ...rest] = net.stack;
  assert.ok(drawn?.kind === 'conv2d');
  const { rows, columns, data } = drawn.weight;
  const own = (v: number, k: number): number => (Math.floor(k / columns) === filter ? Math.fround(faint * v) : v);
  const first = {
    ...drawn,
    weight: matrix(rows, columns, data.map(own)),
    bias: drawn.bias!.map((b, o) => (o === filter ? 0 : b)),
  };
  const z = row(forward(convNetOf(input, [first, ...rest], net.head), secret.inputs).values[1]!, 0).slice(
    64 * filter,
    64 * filter + 64,
  );
  // all but the largest value are silent, and that one is as high as is asked for
  const bias = first.bias!.map((b, o) => (o === filter ? Math.fround(b - Math.max(...z) + height) : b));
  return convNetOf(input, [{ ...first, bias }, ...rest], net.head);
}

/** The batch with its first sample moved along the gradient of the filter's largest value, which falls by `fall`. */
function lowered(net: ConvNet, fall: number): Batch {
  const [first] = net.stack;
  assert.ok(first?.kind === 'conv2d');
  const value = (data: Float64Array): number => {
    const z = row(forward(net, matrix(2, 64, data)).values[1]!, 0);
    return Math.max(...z.subarray(64 * filter, 64 * filter + 64));
  };
  const { data } = secret.inputs;
  const step = 1e-6;
  const slope = Float64Array.from({ length: 64 }, (_, k) => {
    const moved = data.slice();
    moved[k]! += step;
    return (value(moved) - value(data)) / step;
  });
  const size = norm(slope) ** 2;
  return {
    ...secret,
    inputs: matrix(
      2,
      64,
      data.map((v, k) => (k < 64 ? v - (fall * slope[k]!) / size : v)),
    ),
  };
}

function holds(net: ConvNet, batch: Batch, error: number): boolean {
  const gradient = captureGradient(net, secret, { precision: 'float32' });
  const steps = stackAgreement(net, gradient, batch, Float64Array.of(0.5, 0.5), Float64Array.of(error, error));
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value.holds;
}

const rowOf = ({ weight }: AffineLayer): Float64Array => row(weight, filter);

for (const plan of [
  [16, 24],
  [16, 'maxPool', 24],
] as const)
  test(`a replay holds whose neuron fires on the other side of zero, within rounding (${plan.join(', ')})`, () => {
    const net = nearZero(5e-7, plan);
    const batch = lowered(net, 1e-6);
    const [own, other] = [secret, batch].map((b) => rowOf(captureGradient(net, b).gradients[0]!));
    assert.ok(norm(own!) > 0 && norm(other!) === 0, 'the filter fires in the client, and nowhere in the replay');
    assert.ok(holds(net, batch, 2e-7), 'within rounding');
  });

test('a replay holds whose neuron turned among more open ones than are tried: the nearest are', () => {
  const faint = 1e-7;
  const net = nearZero(3e-7 * faint, [16, 24], faint);
  const open = [...forward(net, secret.inputs).values[1]!.data].filter(
    (_, k) => Math.floor((k % 1024) / 64) === filter,
  );
  assert.ok(open.filter((z) => Math.abs(z) < 1e-6).length > 64);
  const batch = lowered(net, 6e-7 * faint);
  const [own, other] = [secret, batch].map((b) =>
    rowOf(captureGradient(net, b, { precision: 'float32' }).gradients[0]!),
  );
  assert.ok(norm(own!) > 0 && norm(own!.map((v, k) => v - other![k]!)) > 0.1 * norm(own!), 'it tells in the gradient');
  assert.ok(holds(net, batch, 6e-7));
});
test('a replay fails whose neuron fires on the other side of zero by more than rounding', () => {
  const net = nearZero(1e-3, [16, 24]);
  assert.equal(holds(net, lowered(net, 2e-3), 2e-7), false);
});
