import { check } from '../../check';
import type { Link } from './layerChain';

/** What TensorFlow.js layers can have set, and what of it a network here has: the others would change the gradient. */
const expected: Readonly<Record<string, (value: unknown) => boolean>> = {
  kernelRegularizer: isNull,
  biasRegularizer: isNull,
  activityRegularizer: isNull,
  dataFormat: (value) => value === 'channelsLast',
  dilationRate: (value) => isSquare(value) && firstOf(value) === 1,
  kernelSize: isSquare,
  poolSize: isSquare,
  strides: isSquare,
  padding: (value) => value === 'valid' || value === 'same',
  maxValue: isNull,
  axis: (value) => value === 1 || value === -1,
  dtype: (value) => value === 'float32',
  sparse: (value) => value === false,
};

const words: Readonly<Record<string, string>> = {
  kernelRegularizer: 'none: the gradient is of softmax cross-entropy alone',
  biasRegularizer: 'none: the gradient is of softmax cross-entropy alone',
  activityRegularizer: 'none: the gradient is of softmax cross-entropy alone',
  dataFormat: 'channelsLast',
  dilationRate: '1',
  kernelSize: 'a square',
  poolSize: 'a square',
  strides: 'the same in both directions',
  padding: 'valid or same',
  maxValue: 'none: a ReLU here has no upper end',
  axis: '1, the classes',
  dtype: 'float32',
};

/** Options that say how weights began or are kept after a step, or are read elsewhere: they leave one gradient as it is. */
const harmless = [
  ...['name', 'trainable', 'batchInputShape', 'kernelInitializer', 'biasInitializer', 'kernelConstraint'],
  ...['biasConstraint', 'units', 'filters', 'useBias', 'activation', 'rate', 'noiseShape', 'seed'],
];

/** Throws unless every option of the layer is understood and one that networks here have. */
export function checkOptions({ where, config }: Link): void {
  for (const [key, value] of Object.entries(config)) {
    if (value === undefined || harmless.includes(key)) continue;
    const known = expected[key];
    check(known !== undefined, () => `${where}: ${key} is ${told(value)}, an option that is not understood`);
    check(known(value), () => `${where}: ${key} is ${told(value)}, expected ${words[key] ?? 'the default'}`);
  }
}

/** The first of equal numbers, e.g. 3 of a kernel [3, 3]. */
export function firstOf(value: unknown): number {
  return (value as readonly number[])[0];
}

function told(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isNull(value: unknown): boolean {
  return value === null;
}

function isSquare(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value[0] === value[1];
}
