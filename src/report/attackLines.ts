import { confirmed, type EstimateName, type Readings } from '../baselines/judged/readings';
import type { Reconstruction, RecoveredSample } from '../reconstruction/result';
import type { FactName } from './setup';
import { type Counts, isVague } from './verdict';

/** An attack of the box: what it needs, and what it read here. */
export interface AttackLine {
  readonly attack: string;
  /** whether what it hands over can be proven, or is an estimate whatever it shows */
  readonly kind: 'proof' | 'estimate';
  /** of the set-up, beside the update itself */
  readonly needs: readonly FactName[];
  readonly ran: boolean;
  /** samples that it read, and no attack above it; null where it did not run */
  readonly read: number | null;
  readonly outcome: string;
}

const needs: Readonly<Record<EstimateName, readonly FactName[]>> = {
  'pursued columns': ['weights', 'biases', 'silent', 'fewer', 'digits'],
  'LT peeling': ['weights', 'biases', 'silent', 'step', 'plain', 'digits'],
  'dictionary learning': ['weights', 'biases', 'silent', 'fewer', 'digits'],
  'row ratios': ['biases'],
};

/** Attacks of the box that an audit leaves out, since they have to be told things or take minutes. */
const left = [
  [
    'SPEAR',
    ['weights', 'biases', 'silent', 'fewer', 'digits'],
    'reads what dictionary learning reads, up to about 25 samples',
  ],
  ['R-GAP', ['weights', 'step', 'digits'], 'for a single image; reads through sigmoids too'],
  ['Cocktail Party', ['biases', 'fewer', 'prior'], 'needs pictures that are smooth'],
  ['DLG, iDLG', ['weights', 'size'], 'optimises a guess; visible pictures of few samples'],
  [
    'Inverting Gradients',
    ['weights', 'size', 'labels', 'prior'],
    'optimises a guess; through any network, noise and clipping too',
  ],
] as const satisfies readonly (readonly [string, readonly FactName[], string])[];

/** All attacks, from those that prove what they read to those that only guess, then those that were not run. */
export function attackLines({
  found,
  readings,
  relu,
  dense,
  counts,
}: {
  readonly found: Reconstruction;
  readonly readings: Readings | null;
  readonly relu: boolean;
  /** without convolutions */
  readonly dense: boolean;
  readonly counts: Counts;
}): AttackLine[] {
  const all: readonly RecoveredSample[] = found.samples;
  const by = (how: 'exan' | 'pursuit'): number =>
    all.filter((s) => s.status !== 'not-recovered' && !isVague(s) && s.how === how).length;
  const pursued = found.method !== 'exan';
  const proof = (attack: string, ran: boolean, read: number, outcome: string): AttackLine => ({
    attack,
    kind: 'proof',
    needs: ['weights', 'silent', 'fewer', 'plain', 'digits'],
    ran,
    read: ran ? read : null,
    outcome,
  });
  const first = found.method !== 'pursuit' || by('exan') > 0;
  return [
    proof(
      'exclusive neurons',
      first,
      by('exan'),
      first
        ? `${by('exan')} samples by neurons that they alone activate`
        : 'not for this network or update: pattern pursuit takes its place',
    ),
    proof(
      'pattern pursuit',
      pursued,
      by('pursuit'),
      pursued
        ? `${by('pursuit')} samples by the pattern of their silent neurons`
        : 'not needed: exclusive neurons gave all that there was',
    ),
    ...estimated(readings, counts, dense),
    ...left
      .filter(([name]) => relu || name !== 'SPEAR')
      .map(([attack, of, outcome]): AttackLine => {
        return {
          attack,
          kind: 'estimate',
          needs: of,
          ran: false,
          read: null,
          outcome: `not run: ${outcome} (exan compare)`,
        };
      }),
  ];
}

function estimated(readings: Readings | null, { exact, approximate }: Counts, dense: boolean): AttackLine[] {
  const names = (Object.keys(needs) as EstimateName[]).filter((name) => name !== 'pursued columns');
  if (!readings) {
    const read = exact + approximate > 0 ? 'not needed: the attacks above read every sample' : 'not run';
    const why = dense ? read : 'not for networks with convolutions, of which they would read features';
    return names.map((attack) => ({
      attack,
      kind: 'estimate',
      needs: needs[attack],
      ran: false,
      read: null,
      outcome: why,
    }));
  }
  return readings.outcomes.map(({ attack, ran, reason }) => {
    const read = readings.readings.filter((r) => r.attack === attack && confirmed(r)).length;
    return { attack, kind: 'estimate', needs: needs[attack], ran, read: ran ? read : null, outcome: reason };
  });
}
