import type { Dataset, Watch } from '../../src/browser';
import { type Attacked, type AttackOrder, attack } from './attack';
import type { Crude } from './crude';
import { type DefenceOrder, defend } from './defend';
import { type Exclusivity, exclusivity } from './exclusivity';
import { type Drawn, drawn, type Row, row } from './rows';
import type { Setting } from './setting';

/** What a page may ask of the library: a name, what goes in, what comes out. All of it travels as plain values. */
export interface Jobs {
  drawn: [Setting, Drawn];
  row: [{ setting: Setting; neuron: number }, Row];
  exclusivity: [Setting, Exclusivity];
  attack: [AttackOrder, Attacked];
  defend: [DefenceOrder, Attacked & Crude];
}

type Job<Name extends keyof Jobs> = (
  digits: Dataset,
  order: Jobs[Name][0],
  watch: Watch,
) => Jobs[Name][1] | Promise<Jobs[Name][1]>;

/** How each is done. */
export const jobs: { readonly [Name in keyof Jobs]: Job<Name> } = { drawn, row, exclusivity, attack, defend };
