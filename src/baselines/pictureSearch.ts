import { check } from '../check';
import type { SoftBatch } from '../gradient/gradientMap';
import type { Network } from '../types';
import { type AdamOptions, adam } from './adam';
import { budgetOf } from './budget';
import type { Told } from './estimate';
import type { Matched } from './gradientMatching';
import { entriesOf, type GuessForm, normalStart, onVector, shownTo, uniformStart } from './guess';
import { checkNumber, type PictureOptions } from './matchingOptions';
import { optimised } from './optimised';
import { type Optimised, search } from './search';
import { pictureOf, smoothed } from './totalVariation';

/** With what pictures are searched. */
export interface PictureSettings extends Pick<AdamOptions, 'signed' | 'schedule' | 'rate' | 'iterations'> {
  readonly restarts: number;
  /** a loss after which no other start is tried. @default none: all are made */
  readonly content?: number;
  readonly smoothness: number;
  /** normal starts are the authors', most of which the box cuts; uniform ones lie inside it */
  readonly begin: 'normal' | 'uniform';
}

/** What is made small, and of which guesses. */
export interface PictureTarget {
  readonly network: Network;
  readonly form: GuessForm & { readonly labels: Int32Array };
  readonly match: (guess: SoftBatch) => Matched;
}

/** The bounds in whose units a search works; throws unless they are two numbers, the lower one first. */
export function boundsOf(caller: string, range: PictureOptions['range'] = [0, 1]): readonly [number, number] {
  if (range === 'open') return [0, 1];
  check(
    range.length === 2 && range[0] < range[1] && range.every(Number.isFinite),
    () => `${caller}: range is [${String(range)}], expected two numbers, the smaller one first, or 'open'`,
  );
  return range;
}

/** A distance plus total variation, made small by Adam from random guesses, inputs boxed to their range. */
export async function searchPictures(
  attack: string,
  { network, form, match }: PictureTarget,
  settings: PictureSettings,
  options: Omit<PictureOptions, 'size' | 'labels'>,
  told: readonly Told[],
): Promise<Optimised> {
  const { seed = 0, range } = options;
  const { iterations, restarts, smoothness, content = 0 } = settings;
  checkNumber(attack, 'rate', settings.rate);
  checkNumber(attack, 'smoothness', smoothness, true);
  const picture = pictureOf(attack, network, options.image);
  check(
    smoothness === 0 || picture !== null,
    () => `${attack}: smoothness is ${smoothness} for inputs of unknown shape, expected image, or smoothness 0`,
  );
  const budget = budgetOf(attack, options);
  // smoothness is of values in units of their range, as the box is
  const weight = smoothness / (form.range[1] - form.range[0]);
  const objective = onVector(form, picture && weight > 0 ? smoothed(match, picture, weight) : match);
  const box = range === 'open' ? undefined : { entries: form.size * form.width, low: 0, high: 1 };
  const optimiser = adam({ ...settings, ...(box && { box }) });
  const begin = settings.begin === 'uniform' ? uniformStart : normalStart;
  const found = await search(
    {
      ...{ attack, entries: entriesOf(form), iterations, starts: restarts, enough: 0, content },
      begin: (start) => optimiser.begin(begin(form, seed, start), objective),
      advance: (memory) => optimiser.advance(memory, objective),
      onBest: shownTo(options.onGuess, form),
    },
    budget,
    options.resume,
  );
  const prior: readonly Told[] = [
    ...(range === 'open' ? [] : (['range of inputs'] as const)),
    ...(weight > 0 ? (['smooth pictures'] as const) : []),
  ];
  return optimised(found, form, [...told, ...prior]);
}
