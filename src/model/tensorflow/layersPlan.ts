import type * as tf from '@tensorflow/tfjs';
import { check } from '../../check';
import type { PiecewiseLinear, PlaneShape } from '../../types';
import { whatRemains } from '../checkActivation';
import { type Link, layerChain } from './layerChain';
import { planes, type Step, stepsOf } from './steps';

type StackStep = Exclude<Step, { kind: 'dense' | 'flatten' | 'norm' | 'softmax' }>;
type DenseStep = Extract<Step, { kind: 'dense' }>;

/** A TensorFlow.js model as a network here has it: what comes before the flattening, then the dense layers. */
export interface LayersPlan {
  readonly chain: readonly Link[];
  /** shape of a sample; absent for fully connected networks, which take it as TensorFlow.js flattens it */
  readonly input?: PlaneShape;
  readonly stack: readonly StackStep[];
  readonly dense: readonly DenseStep[];
  /** between each two of them */
  readonly hidden: readonly PiecewiseLinear[];
}

/**
 * The model's layers in order, with a softmax at the end taken off.
 *
 * @param caller opens the messages
 * @throws InputError naming the layer that networks here do not have, or not in this place
 */
export function layersPlan(caller: string, model: tf.LayersModel): LayersPlan {
  const chain = layerChain(caller, model);
  const all = foldNorms(chain.flatMap(stepsOf));
  const soft = all[all.length - 1]?.kind === 'softmax';
  checkLoss(caller, model, soft);
  const steps = soft ? all.slice(0, -1) : all;
  const early = steps.find(({ kind }) => kind === 'softmax');
  check(early === undefined, () => `${early?.where}: softmax is not at the end, expected it only there`);
  const first = steps.findIndex(({ kind }) => kind === 'dense');
  check(first >= 0, () => `${caller}: the model has no dense layer, expected one that gives the logits`);
  const [below, head] = [steps.slice(0, first), steps.slice(first)];
  checkTurns(head);
  const stack = below.filter((step): step is StackStep => step.kind !== 'flatten');
  const dense = head.filter((step): step is DenseStep => step.kind === 'dense');
  const hidden = head.flatMap((step) => (isHidden(step) ? [activationOf(step)] : []));
  if (stack.every((step) => !('input' in step))) {
    check(
      stack.length === 0,
      () => `${stack[0].where} is ${stack[0].kind} on the inputs, expected a layer with weights first`,
    );
    check(
      dense.length >= 2,
      () => `${caller}: the model has one dense layer and nothing else, expected a hidden layer before it`,
    );
    return { chain, stack, dense, hidden };
  }
  const flatten = below.find((step) => step.kind === 'flatten') as Extract<Step, { kind: 'flatten' }>; // dense takes vectors only
  const from = planes(flatten.input);
  return { chain, input: planes(chain[0].entering), stack, dense: [{ ...dense[0], from }, ...dense.slice(1)], hidden };
}

/** Each batch normalisation as part of the layer right before it. */
function foldNorms(steps: readonly Step[]): Step[] {
  const kept: Step[] = [];
  for (const step of steps) {
    const before = kept[kept.length - 1];
    if (step.kind !== 'norm') kept.push(step);
    else {
      const weighted = before?.kind === 'conv2d' || before?.kind === 'dense';
      const behind = weighted ? 'another batch normalisation' : (before?.kind ?? 'the input');
      check(
        weighted && before.norm === undefined,
        () =>
          `${step.where} stands behind ${behind}, expected it right behind a convolution or dense layer, into which it is folded`,
      );
      kept[kept.length - 1] = { ...before, norm: step };
    }
  }
  return kept;
}

const between = ['relu', 'leakyRelu', 'relu6'] as const;

type Hidden = Exclude<PiecewiseLinear, { kind: 'prelu' }>;

function isHidden(step: Step): step is Extract<Step, Hidden> {
  return (between as readonly string[]).includes(step.kind);
}

/** Without what a step is besides. */
function activationOf(step: Hidden): Hidden {
  return step.kind === 'leakyRelu' ? { kind: step.kind, slope: step.slope } : { kind: step.kind };
}

function checkTurns(head: readonly Step[]): void {
  head.forEach(({ kind, where }, k) => {
    const expected: readonly string[] = k % 2 === 0 ? ['dense'] : between;
    check(
      expected.includes(kind),
      () =>
        `${where} is ${kind}, expected ${expected.join(', ')}: dense layers and activations take turns${whatRemains(kind)}`,
    );
  });
  const last = head[head.length - 1];
  check(
    last.kind === 'dense',
    () => `${last.where} ends in ${last.kind}, expected a dense layer that gives the logits`,
  );
}

/** A model that was compiled says by which loss it learns; a function may be any, and is the caller's word. */
function checkLoss(caller: string, { loss }: tf.LayersModel, soft: boolean): void {
  const [name] = [loss].flat();
  if (typeof name !== 'string') return;
  check(
    name === 'categoricalCrossentropy' || name === 'sparseCategoricalCrossentropy',
    () =>
      `${caller}: the model is compiled with loss ${name}, expected categoricalCrossentropy: gradients are of softmax cross-entropy`,
  );
  check(
    soft,
    () =>
      `${caller}: the model is compiled with loss ${name}, which takes probabilities, expected a softmax at its end`,
  );
}
