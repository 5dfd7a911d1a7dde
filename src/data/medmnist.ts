import { check } from '../check';
import type { About } from './about';
import { type Dataset, withAbout } from './dataset';
import { fromMedMnist, type MedMnistOptions } from './fromNpz';
import { locate } from './locate';

/** Sets of MedMNIST with one label a picture: classes, channels, samples to train on, checksum that its package gives. */
const sets = {
  pathmnist: [9, 3, 89_996, 'a8b06965200029087d5bd730944a56c1', 'colon pathology'],
  dermamnist: [7, 3, 7_007, '0744692d530f8e62ec473284d019b0c7', 'dermatoscope'],
  octmnist: [4, 1, 97_477, 'c68d92d5b585d8d81f7112f81e2d0842', 'retinal tomography'],
  pneumoniamnist: [2, 1, 4_708, '28209eda62fecd6e6a2d98b1501bb15f', 'chest X-ray of children'],
  retinamnist: [5, 3, 1_080, 'bd4c0672f1bba3e3a89f0e4e876791e4', 'fundus camera'],
  breastmnist: [2, 1, 546, '750601b1f35ba3300ea97c75c52ff8f6', 'breast ultrasound'],
  bloodmnist: [8, 3, 11_959, '7053d0359d879ad8a5505303e11de1dc', 'blood cells'],
  tissuemnist: [8, 1, 165_466, 'ebe78ee8b05294063de985d821c1c34b', 'kidney cells'],
  organamnist: [11, 1, 34_581, '866b832ed4eeba67bfb9edee1d5544e6', 'abdominal CT, axial'],
  organcmnist: [11, 1, 13_000, '0afa5834fb105f7705a7d93372119a21', 'abdominal CT, coronal'],
  organsmnist: [11, 1, 13_940, 'e5c39f1af030238290b9557d9503af9d', 'abdominal CT, sagittal'],
} as const;

/** Name of a set of MedMNIST. */
export type MedMnistName = keyof typeof sets;

/** All of them. */
export const medMnistNames = Object.keys(sets) as readonly MedMnistName[];

/** What is known of a set of MedMNIST. */
export function aboutMedMnist(name: MedMnistName): About {
  const [classes, channels, count, value, what] = sets[name];
  const url = `https://zenodo.org/record/6496656/files/${name}.npz?download=1`;
  return {
    title: `MedMNIST v2, ${name}: ${what}`,
    shape: `28 x 28 x ${channels}; ${count} to train on`,
    classes,
    licence: 'CC BY 4.0',
    citation: 'J. Yang et al.: MedMNIST v2, a large-scale lightweight benchmark. Scientific Data, 2023',
    home: 'https://medmnist.com',
    files: [{ name: `${name}.npz`, url, checksum: { kind: 'md5', value } }],
    form: 'as it is had',
    places: [`${name}/${name}.npz`, `${name}.npz`],
  };
}

/**
 * A set of MedMNIST from the data folder, 28 x 28 pictures in [0, 1].
 *
 * @throws InputError for another name, and when the set is absent, saying how to get it
 * @example
 * (await data.medMnist('retinamnist')).about?.licence;  // => 'CC BY 4.0'
 */
export async function medMnist(name: MedMnistName, options: MedMnistOptions = {}): Promise<Dataset> {
  check(Object.hasOwn(sets, name), () => `medMnist: name is ${name}, expected one of ${medMnistNames.join(', ')}`);
  const about = aboutMedMnist(name);
  const path = locate(name, about);
  return withAbout(await fromMedMnist(path, { name, classes: about.classes, ...options }), about);
}
