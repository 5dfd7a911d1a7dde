import { reconstructionBound } from '../defences/reconstructionBound';

/** What defences left of what attacks read, measured elsewhere than here. */
export interface DefenceTable {
  /** on what it was measured */
  readonly setting: string;
  /** remakes it */
  readonly command: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** how not to read it */
  readonly remark: string;
}

/** Rows of docs/measurements.md, "Defences": exclusive neurons / within error bars / pattern pursuit / row ratios, and accuracy. */
const gradients = [
  ['none', '100 / 100 / 100 / 100', '63'],
  ['mask exclusive rows', '0 / 0 / 100 / 0', '59'],
  ['larger batch, 24 more', '100 / 100 / 100 / 20', '78'],
  ['mask first layer, 50 %', '100 / 100 / 100 / 92', '56'],
  ['mask first layer, all of it', '0 / 0 / 0 / 0', '60'],
  ['dropout, 0.5', '0 / 0 / 100 / 100', '33'],
  ['prune, 90 %', '0 / 0 / 0 / 0', '59'],
  ['quantise fp16', '0 / 100 / 0 / 100', '63'],
  ['quantise int8', '0 / 83 / 0 / 0', '63'],
  ['sign', '0 / 0 / 0 / 0', '58'],
  ['DP-SGD, clip 1, noise 0.01', '0 / 0 / 0 / 0', '56'],
  ['DP-SGD, clip 1, noise 0.1', '0 / 0 / 0 / 0', '53'],
  ['DP-SGD, clip 1, noise 1', '0 / 0 / 0 / 0', '22'],
] as const;

/** Rows of "Defences of updates": samples, exact, false, recovered, labels, visible in a row; two seeds each. */
const updates = [
  ['the update', '8', '8, 8', '0, 0', '8, 8', '8, 8', '8, 8'],
  ['mean of 2 clients', '16', '0, 0', '0, 0', '16, 16', '16, 16', '12, 12'],
  ['mean of 4 clients', '32', '0, 0', '0, 0', '32, 32', '32, 32', '11, 8'],
  ['mean of 8 clients', '64', '0, 0', '0, 0', '0, 0', '17, 10', '4, 3'],
  ['mean of 32 clients', '256', '0, 0', '0, 0', '0, 0', '0, 0', '5, 0'],
  ['prune, 50 %', '8', '0, 0', '0, 0', '0, 0', '8, 8', '8, 8'],
  ['prune, 90 and 99 %', '8', '0, 0', '0, 0', '0, 0', '0, 0', '0, 0'],
  ['quantise fp16, and int8', '8', '0, 0', '0, 0', '0, 0', '0, 0', '8, 8'],
  ['clipped to norm 0.1 (an eighth of it)', '8', '0, 0', '0, 0', '8, 8', '8, 8', '8, 8'],
  ['clipped to 0.1, noise 1e-3 / 0.01', '8', '0, 0', '0, 0', '0, 0', '0, 0', '0, 0'],
] as const;

/** Rows of "Defences of convolutional networks": status, exact, in three bars, labels; two seeds each. */
const convolutions = [
  ['none', 'exact', '2, 2', '2, 2', '2, 2'],
  ['larger batch, 6 more (M = 8)', 'partial', '0, 0', '6, 6 of 8', '8, 8 of 8'],
  ["half of the first layer's filters withheld", 'approximate', '0, 0', '2, 2', '2, 2'],
  ['**all convolutions withheld**', 'approximate', '0, 0', '2, 2', '2, 2'],
  ['hidden layer of the head withheld', 'not unique', '0, 0', '0, 0', '0, 0'],
  ['dropout 0.5 in the head', 'partial', '0, 0', '0, 0', '2, 2'],
  ['prune, 90 and 99 %', 'not unique', '0, 0', '0, 0', '0, 0'],
  ['quantise fp16', 'approximate', '0, 0', '2, 2', '2, 2'],
] as const;

/** The rows as docs/measurements.md has them, so that a test can hold them against it. */
export const measuredRows: readonly (readonly string[])[] = [...gradients, ...updates, ...convolutions];

const zero =
  'A zero says that the attacks of this box ended there, not that nothing can be read. Measure your own network and data before you rely on a row.';

/** With which probability a sample is guessed without any update; what the bound starts from, as in `exan defend --evaluate`. */
const prior = 1e-3;

/** The most that any attack, of this box or not, could read where the row is DP-SGD; a zero is no bound. */
function boundOf(name: string): string {
  const [, noise] = /^DP-SGD, clip \S+, noise (\S+)$/.exec(name) ?? [];
  return noise === undefined ? 'none' : reconstructionBound({ noise: Number(noise), prior }).toPrecision(2);
}

const ofBound = `The bound is the largest probability with which anyone, knowing everything but one sample, reads that sample from one such update, where ${prior} of them could be guessed without it. It presupposes that each sample is clipped by itself, that noise is fresh and exact, and that no other sample is a near copy. "1.0" and "none" promise nothing.`;

/** Measured defences by what is shared. */
export const measuredDefences: Readonly<Record<'gradient' | 'update' | 'convolutions', DefenceTable>> = {
  gradient: {
    setting:
      'MNIST digits, 784-512-10, 8 samples in a batch, three batches; accuracy after 40 steps of training with the defence',
    command: 'npx exan defend --evaluate --data mnist',
    columns: ['What the client does', 'Samples still read, by the strongest attack', 'Bound on any attack', 'Accuracy'],
    rows: gradients.map(([name, read, accuracy]) => [
      name,
      `${Math.max(...read.split(' / ').map(Number))} %`,
      boundOf(name),
      `${accuracy} %`,
    ]),
    remark: `${zero} ${ofBound}`,
  },
  update: {
    setting: 'MNIST digits, 784-512-10, 8 samples a client, five local steps of 0.1, two seeds',
    command: 'npx exan defend --evaluate --epochs 5 --rate 0.1 --seeds 2 --seconds 10',
    columns: ['What is shared', 'Samples in it', 'Proven', 'Read', 'Labels', 'Visible in single rows'],
    rows: updates.map(([name, samples, exact, , read, labels, visible]) => [
      name,
      samples,
      exact,
      read,
      labels,
      visible,
    ]),
    remark: zero,
  },
  convolutions: {
    setting: 'CIFAR-10 pictures, three convolutions under a head of 256 neurons, 2 samples in a batch, two seeds',
    command: 'npx exan defend --evaluate --network strided --data cifar10 --size 2 --seeds 2',
    columns: ['What the client does', 'Proven', 'Read within error bars', 'Labels'],
    rows: convolutions.map(([name, , exact, read, labels]) => [name.replaceAll('*', ''), exact, read, labels]),
    remark: zero,
  },
};
