import type { About } from './about';
import type { Dataset } from './dataset';
import {
  byHand,
  cifar10,
  cifar100,
  faces,
  fashionMnist,
  isic,
  location30,
  purchase100,
  retina,
  texas100,
} from './folder';
import { located } from './locate';
import { aboutMedMnist, medMnist, medMnistNames } from './medmnist';
import { mnist } from './mnist';
import { published } from './published';

/** A set that can be had by name. */
export interface CatalogueEntry {
  /** as in `exan data info NAME` */
  readonly name: string;
  readonly about: About;
  /** whether it can be read now: it is embedded, or its file is in a data folder */
  readonly here: boolean;
  /** what to do where it is not here: the command that brings it, or which file to put where; empty for what is embedded */
  readonly get: string;
  /** reads it: from the data folder, but for MNIST, which is embedded */
  readonly load: () => Promise<Dataset>;
}

/**
 * All sets that can be had by name, with shape, classes, licence, citation, where they come from, and whether they are here.
 *
 * @example
 * data.catalogue().filter(({ here }) => here).map(({ name }) => name)[0];  // => 'mnist'
 * data.catalogue().find(({ name }) => name === 'retinamnist')?.about.licence;  // => 'CC BY 4.0'
 */
export function catalogue(): CatalogueEntry[] {
  const sets = [
    { name: 'mnist', about: published.mnist, load: mnist },
    { name: 'fashionMnist', about: published.fashionMnist, load: () => fashionMnist() },
    { name: 'cifar10', about: published.cifar10, load: () => cifar10() },
    { name: 'cifar100', about: published.cifar100, load: () => cifar100() },
    { name: 'retina', about: byHand.retina, load: () => retina() },
    { name: 'isic', about: byHand.isic, load: () => isic() },
    { name: 'faces', about: byHand.faces, load: faces },
    { name: 'location30', about: published.location30, load: () => location30() },
    { name: 'purchase100', about: published.purchase100, load: () => purchase100() },
    { name: 'texas100', about: published.texas100, load: () => texas100({ most: 40_000 }) },
    ...medMnistNames.map((name) => ({ name, about: aboutMedMnist(name), load: () => medMnist(name) })),
  ];
  return sets.map((set) => ({
    ...set,
    get: howToGet(set.name, set.about),
    // commands name all sets when they start: the folders are looked into only when asked
    get here() {
      return isHere(set.about);
    },
  }));
}

function isHere({ form, places }: About): boolean {
  return form === 'embedded' || located(places) !== undefined;
}

function howToGet(name: string, { form, files, places, home }: About): string {
  if (form === 'embedded') return '';
  if (files.length > 0) return `npx exan data get ${name}`;
  const [place = ''] = places;
  const side = /_(\d+)\.npz$/.exec(place)?.[1] ?? 'side';
  return `${place} in the data folder (${form.replaceAll('side', side)}; from ${home})`;
}

/** The set of this name, or none. */
export function entryNamed(name: string): CatalogueEntry | undefined {
  return catalogue().find((entry) => entry.name === name);
}
