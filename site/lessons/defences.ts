import { button, element, latest, say, show, slider } from '../page/controls';
import { ask } from '../page/library';
import { inWords } from '../page/words';
import type { DefenceOrder } from '../worker/defend';

/** A place of the slider, 0 to 20, as a strength and in words; 0 is no defence. */
interface Scale {
  readonly strength: (place: number) => number;
  readonly words: (strength: number) => string;
  readonly about: string;
}

const percent = (v: number): string => `${Number((100 * v).toPrecision(3))} %`;

const scales: Readonly<Record<DefenceOrder['defence'], Scale>> = {
  noise: {
    strength: (place) => (place === 0 ? 0 : 10 ** (-8 + (place - 1) * (8 / 19))),
    words: percent,
    about:
      'Gaussian noise on every number of the gradient, in percent of the array’s root mean square, as differential privacy adds it (which also clips each digit’s gradient first, and counts what is given away).',
  },
  prune: {
    strength: (place) => (place === 0 ? 0 : 1 - 10 ** (-place / 8)),
    words: (v) => `${percent(v)} to zero`,
    about:
      'Only the largest entries of each array are shared; the rest become zero. It is used to save traffic, and sometimes called a defence.',
  },
  mask: {
    strength: (place) => place / 20,
    words: (v) => `${percent(v)} withheld`,
    about:
      'The client withholds what belongs to exclusive neurons: their rows, and the columns above them. It is made against the paper’s attack.',
  },
};

/** "Defences": what is left to read of a gradient that a client has spoilt on purpose. */
export function defend(): void {
  const bar = element<HTMLProgressElement>('progress');
  const choice = element<HTMLSelectElement>('defence');
  let seed = 1;
  const scale = (): Scale => scales[choice.value as DefenceOrder['defence']];
  let running: AbortController | undefined;
  const attack = latest(async () => {
    const own = new AbortController();
    running = own;
    const order = {
      setting: { size: size.value(), width: 512, seed },
      defence: choice.value as DefenceOrder['defence'],
      strength: scale().strength(strength.value()),
    };
    const panel = element('attacked');
    panel.setAttribute('aria-busy', 'true');
    bar.hidden = false;
    bar.value = 0;
    say('answer', 'Searching …');
    const found = await ask('defend', order, {
      signal: own.signal,
      onProgress: (fraction) => {
        bar.value = fraction;
      },
    });
    if (own.signal.aborted) return; // a newer one follows
    panel.setAttribute('aria-busy', 'false');
    bar.hidden = true;
    show('recovered', found.picture);
    say('answer', inWords(found));
    say('exact', String(found.counts.exact));
    say('within', String(found.counts.within));
    say('unproven', String(found.counts.unproven));
    say('nothing', String(found.counts.nothing));
    show('crudely', found.crudely);
    panel.dataset.order = `${order.setting.size} ${order.defence} ${strength.value()} ${seed}`;
    panel.dataset.status = found.status;
  });
  const again = (): void => {
    running?.abort();
    void attack(null);
  };
  const size = slider('size', again);
  const strength = slider('strength', again, (place) => scale().words(scale().strength(place)));
  choice.addEventListener('change', () => {
    say('about', scale().about);
    strength.refresh();
    again();
  });
  button('another', () => {
    seed++;
    again();
  });
  say('about', scale().about);
  again();
}
