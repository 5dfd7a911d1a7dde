import { type Command, Option } from '@commander-js/extra-typings';
import { check } from '../check';
import { type Dataset, isic, retina } from '../data';
import { atSide } from '../data/atSide';
import { type VictimName, victimNames, victimNetwork } from '../experiments/victimNetworks';
import type { ConvNet } from '../types';
import { dataOption, setOf } from './dataSource';
import { commandWithJson, count } from './options';

const initialisers = ['pytorch', 'he', 'torchvision'] as const;

type Initialiser = (typeof initialisers)[number];

/** Which pictures and which network with convolutions (a type, since commander asks for one). */
export type PictureValues = {
  readonly data: string;
  readonly network: VictimName;
  readonly init?: Initialiser | undefined;
  readonly side?: number | undefined;
};

/** The option that names a network with convolutions. */
export function networkOption(): Option<
  '--network <name>',
  undefined,
  undefined,
  undefined,
  false,
  PictureValues['network']
> {
  const text = 'strided and pooled: three and two convolutions under a head of 256 neurons; lenet; vgg13';
  return new Option('--network <name>', text).choices(victimNames);
}

/** The option that names how it is initialised. */
export function initOption(): Option<'--init <name>', undefined, undefined, undefined, false, Initialiser> {
  return new Option('--init <name>', 'of the network with convolutions (default: pytorch)').choices(initialisers);
}

/** The option that names the pictures' side. */
export function sideOption(): Option<'--side <n>', undefined, undefined, undefined, false, number> {
  const text =
    "of the pictures: averaged, or framed in black (default: the set's own; 28 or 32 for lenet, 32 for vgg13)";
  return new Option('--side <n>', text).argParser(count);
}

/** A command that draws pictures and makes networks with convolutions. */
export function commandWithPictures(name: string, description: string): Command<[], PictureValues & { json?: true }> {
  return commandWithJson(name, description)
    .addOption(
      dataOption(
        [],
        'where the pictures are drawn from: a name, or a file or folder of your own (exan data info FILE)',
      ),
    )
    .addOption(networkOption().default('strided' as const))
    .addOption(initOption())
    .addOption(sideOption());
}

/** The pictures at their side, and the network of a seed. */
export async function picturesFrom(
  values: PictureValues,
): Promise<{ dataset: Dataset; network: (seed: number) => ConvNet }> {
  const { data, network, init = 'pytorch', side } = values;
  const own = await source(data, side);
  const { width = 0 } = own.image ?? {};
  const dataset = atSide(own, side ?? (network === 'vgg13' || (network === 'lenet' && width !== 28) ? 32 : width));
  const { classes, image = { width: 0, height: 0, channels: 1 } } = dataset;
  const make = (seed: number): ConvNet => victimNetwork(network, image, { classes, init, seed });
  make(0); // refuses a side that does not fit before anything runs
  return { dataset, network: make };
}

/** The set, which must be one of pictures, in its larger form where that is asked for. */
async function source(name: string, side: number | undefined): Promise<Dataset> {
  const over = (small: number): boolean => side !== undefined && side > small;
  const made = ['gaussian', 'uniform'].includes(name);
  check(!made, () => `exan: --data is ${name}, expected pictures: a name such as mnist or cifar10, or your own`);
  const larger = { retina: () => retina({ side: 64 }), isic: () => isic({ side: 64 }) };
  const set =
    (name === 'retina' && over(28)) || (name === 'isic' && over(32)) ? await larger[name]() : await setOf(name);
  check(
    set.image !== undefined,
    () => `exan: --data is ${name}, which are no pictures, expected some, such as mnist or cifar10`,
  );
  return set;
}
