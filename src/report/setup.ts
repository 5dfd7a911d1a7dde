import { weightedLayers } from '../model/layers';
import type { ConvNet, Layer, Mlp } from '../types';
import type { Evidence } from './report';
import type { Counts } from './verdict';

/** Something that attacks may need, by a short name that attacks refer to. */
export type FactName =
  | 'weights'
  | 'biases'
  | 'silent'
  | 'fewer'
  | 'digits'
  | 'step'
  | 'plain'
  | 'size'
  | 'labels'
  | 'prior';

/** Whether an attacker has it in this set-up. */
export interface Fact {
  readonly name: FactName;
  /** what it is, in words */
  readonly what: string;
  readonly given: 'yes' | 'no' | 'not shown';
  /** where that is seen */
  readonly because: string;
}

/** The threat model, row by row: what of all that attacks may need this set-up gives to whoever sees the update. */
export function factsOf(evidence: Evidence, counts: Counts): Fact[] {
  return [...ofModel(evidence), ...ofUpdate(evidence), ...ofAttacker(counts, evidence.certified.found.prior)];
}

function ofModel({ model, certified, readings }: Evidence): Fact[] {
  const first = weightedLayers(model)[0];
  const width = 'stack' in model ? model.head.widths.at(-2) : model.widths.at(-2);
  const kinds = activations(model);
  const zeros = kinds.length > 0 && kinds.every((kind) => kind === 'relu' || kind === 'relu6');
  const size = certified.found.batchSize ?? readings?.samples ?? null;
  return [
    fact(
      'weights',
      'the network as it was before the step',
      'yes',
      'a server in federated learning sends it out itself',
    ),
    fact('biases', 'biases in the lowest layer', first?.bias ? 'yes' : 'no', 'the model file'),
    fact(
      'silent',
      'neurons that are silent for some samples (ReLU)',
      zeros ? 'yes' : 'no',
      `hidden activations: ${kinds.join(', ') || 'none'}`,
    ),
    fact(
      'fewer',
      'fewer samples than neurons',
      size === null ? 'not shown' : size < (width ?? 0) ? 'yes' : 'no',
      size === null
        ? 'the update does not show how many samples it is of'
        : `${size} samples, ${width} neurons below the head`,
    ),
  ];
}

function ofUpdate({ steps, precision, certified: { found, certificate } }: Evidence): Fact[] {
  const proven = certificate.verdict === 'holds';
  return [
    fact(
      'digits',
      'digits that noise, rounding or pruning have left',
      found.noise < 1e-4 ? 'yes' : 'not shown', // with more, attacks read within error bars, or end
      `${precision}; noise relative to an entry, measured on the update: ${found.noise.toExponential(1)}`,
    ),
    fact(
      'step',
      'one step, not the sum of several',
      steps === 'one' ? 'yes' : 'no',
      steps === 'one'
        ? 'a gradient, or an update of one step'
        : 'an update of several local steps, or of an unknown number',
    ),
    fact(
      'plain',
      'softmax cross-entropy on plain labels, samples of equal weight, dropout off',
      proven ? 'yes' : 'not shown',
      proven ? 'the certificate replays it so' : 'files do not say; the certificate does not hold',
    ),
  ];
}

function ofAttacker(counts: Counts, prior: string | undefined): Fact[] {
  return [
    fact(
      'size',
      'the batch size, told',
      'no',
      counts.samples === null
        ? 'no attack here is told; it stayed open'
        : `no attack here is told; the update shows ${counts.samples}`,
    ),
    fact('labels', 'the labels, told', 'no', 'no attack here is told; where a sample is read, its label mostly is too'),
    fact(
      'prior',
      'what samples look like: range, smoothness',
      prior === undefined ? 'no' : 'yes',
      prior ?? 'no attack here is told; an attacker can guess it of pictures',
    ),
  ];
}

/** The facts in one line: names by whether they are given. */
export function setupLine(facts: readonly Fact[]): string {
  const named = (given: Fact['given']): string =>
    facts
      .filter((f) => f.given === given)
      .map(({ name }) => shortNames[name])
      .join(', ') || 'nothing';
  return `an attacker has here: ${named('yes')}; not shown: ${named('not shown')}; not given: ${named('no')}`;
}

/** Facts in a word or two. */
export const shortNames: Readonly<Record<FactName, string>> = {
  weights: 'weights',
  biases: 'biases',
  silent: 'silent neurons',
  fewer: 'few samples',
  digits: 'digits',
  step: 'one step',
  plain: 'plain loss',
  size: 'batch size told',
  labels: 'labels told',
  prior: 'a guess of the data',
};

function fact(name: FactName, what: string, given: Fact['given'], because: string): Fact {
  return { name, what, given, because };
}

function activations(model: Mlp | ConvNet): Layer['kind'][] {
  const { layers } = model;
  const kinds = layers.map(({ kind }: Layer) => kind).filter((kind) => /relu|sigmoid/i.test(kind));
  return [...new Set(kinds)];
}
