import { isActivation } from '../../model/layers';
import { outputShape } from '../../model/layers/planes';
import type { Conv2dLayer, ConvNet, Layer, MaxPoolLayer, PiecewiseLinear, PlaneShape } from '../../types';

/** A convolution with what stands on it, as the way down takes it. */
export interface Block {
  readonly name: string;
  /** index of the convolution in the stack, and of its array in the gradient */
  readonly level: number;
  readonly array: number;
  readonly conv: Conv2dLayer;
  readonly activation: PiecewiseLinear | null;
  readonly pool: MaxPoolLayer | null;
  /** of what leaves the block */
  readonly shape: PlaneShape;
  /** whether what enters it cannot be negative */
  readonly positive: boolean;
}

/** A part of the stack that the way down does not take. */
export interface Refused {
  readonly refused: string;
}

/** What is said of a stack with a sigmoid, or null. */
export function neverOff(stack: ConvNet['stack']): string | null {
  const k = stack.findIndex(({ kind }) => kind === 'sigmoid');
  return k < 0
    ? null
    : `layer ${k} of the stack (sigmoid) is never off, so there is no pattern to read; rivals that need none are in baselines (rgap for one image, dlg, invertingGradients)`;
}

/** The stack's blocks, top down: [convolution, activation and max pooling in any order]; others are refused. */
export function blocksOf({ stack }: ConvNet): (Block | Refused)[] {
  const blocks: (Block | Refused)[] = [];
  let arrays = 0;
  for (let k = 0; k < stack.length; ) {
    const conv = stack[k];
    const name = `layer ${k} of the stack (${conv.kind})`;
    if (conv.kind !== 'conv2d') {
      blocks.push({ refused: `${name} does not stand on a convolution` });
      k++;
      continue;
    }
    let [activation, pool, end]: [PiecewiseLinear | null, MaxPoolLayer | null, number] = [null, null, k + 1];
    let refused: string | null = null;
    for (; end < stack.length && stack[end].kind !== 'conv2d'; end++) {
      const layer = stack[end];
      if (layer.kind === 'sigmoid') refused = neverOff(stack);
      else if (isActivation(layer) && (!activation || (activation.kind === 'relu' && layer.kind === 'relu')))
        activation = layer;
      else if (isActivation(layer)) refused = `layer ${end} of the stack (${layer.kind}) stands on another activation`;
      else if (layer.kind === 'maxPool' && !pool) pool = layer;
      else refused = `layer ${end} of the stack (${layer.kind}) hides which positions were on`;
    }
    if (pool && !activation) refused = `${name} is pooled without a ReLU`;
    const array = arrays++;
    const positive = staysPositive(stack.slice(0, k));
    blocks.push(
      refused
        ? { refused }
        : { name, level: k, array, conv, activation, pool, shape: outputShape(pool ?? conv), positive },
    );
    k = end;
  }
  return blocks.reverse();
}

/** Whether nothing negative can leave the layers: a ReLU, or what has passed one, and pooling. */
export function staysPositive(layers: readonly Layer[]): boolean {
  const last = layers.filter(({ kind }) => kind !== 'maxPool' && kind !== 'averagePool').pop();
  return last?.kind === 'relu' || last?.kind === 'relu6';
}
