import type { Report } from '../report';
import { type Fact, type FactName, shortNames } from '../setup';
import { type Cell, type Markup, markup, tableOf } from './markup';

/** Signs of a need that is met, not met, or open; words stand beside them for whoever does not see signs. */
const signs: Readonly<Record<Fact['given'], readonly [sign: string, word: string, kind: string]>> = {
  yes: ['✓', 'given', 'yes'],
  no: ['✗', 'not given', 'no'],
  'not shown': ['?', 'not shown', 'open'],
};

/** All attacks of the box, with what each read, needs and came to. */
export function attacks({ attacks, setup }: Report): Markup {
  const rows = attacks.map(({ attack, kind, read, needs, outcome }): Cell[] => [
    attack,
    kind === 'proof' ? 'proof' : 'estimates',
    { number: read === null ? 'not run' : read },
    markup`<ul class="needs">${needs.map((name) => need(name, setup))}</ul>`,
    outcome,
  ]);
  const heads = ['Attack', 'It gives', 'Samples read here', 'What it needs', 'Outcome'];
  return markup`<section><h2>What each attack reads, and needs</h2>
<p>From attacks that prove what they read to those that only guess. Each counts only samples that none above it has read. Those that were not run have to be
told what an audit is not told, or take minutes; <code>exan compare</code> runs them.</p>
${tableOf('Attacks of this box', heads, rows, { wide: true, faint: (r) => !attacks[r]?.ran })}</section>`;
}

function need(name: FactName, setup: readonly Fact[]): Markup {
  const [sign, word, kind] = signs[setup.find((fact) => fact.name === name)?.given ?? 'not shown'];
  return markup`<li class="${kind}"><span aria-hidden="true">${sign}</span> ${shortNames[name]} <span class="word">(${word})</span></li>`;
}

/** The threat model: what of all that attacks may need is given here. */
export function setup({ setup }: Report): Markup {
  const rows = setup.map(({ name, what, given, because }): Cell[] => {
    const [sign, word, kind] = signs[given];
    return [
      shortNames[name],
      what,
      markup`<span class="${kind}"><span aria-hidden="true">${sign}</span> ${word}</span>`,
      because,
    ];
  });
  return markup`<section><h2>Threat model</h2>
<p>The attacker is whoever sees the update and the network before it: a server that follows the protocol and is curious, or anyone who reads its traffic or logs. It knows
neither the batch nor, unless said below, anything else about it.</p>
${tableOf('What attacks may need, and whether this set-up gives it', ['Need', 'What it is', 'Here', 'Where that is seen'], rows, { wide: true })}</section>`;
}
