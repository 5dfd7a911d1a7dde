import { existsSync } from 'node:fs';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { InputError } from '../check';
import { catalogue, type Dataset, fromFile } from '../data';
import { entryNamed } from '../data/catalogue';

/** Which data set: a name of the catalogue or of those made here, or a file or folder of one's own. */
export function dataOption(
  made: readonly string[] = [],
  text = 'where the batch is drawn from: a name, or a file or folder of your own (exan data info FILE)',
): Option<'--data <set>', undefined, 'mnist', undefined, false, string> {
  const names = [...catalogue().map(({ name }) => name), ...made];
  return new Option('--data <set>', text)
    .argParser((given: string) => {
      if (names.includes(given) || existsSync(given)) return given;
      throw new InvalidArgumentError(`Allowed choices are ${names.join(', ')}, or a file or folder.`);
    })
    .default('mnist' as const);
}

/** A set of the catalogue by its name, or one's own. */
export async function setOf(name: string): Promise<Dataset> {
  const entry = entryNamed(name);
  try {
    return entry ? await entry.load() : await fromFile(name);
  } catch (error) {
    if (entry || !(error instanceof InputError) || !/^from(Csv|Pictures):/.test(error.message)) throw error;
    // here are no options of reading
    throw new InputError(
      `exan: --data ${name} needs to be told how, as exan data convert is; then give what that writes`,
      [...error.message.split('\n')],
    );
  }
}
