import { check, shown } from '../check';
import { readBytes } from './files';
import { repeatedKey } from './repeatedKey';

/**
 * What a .json file holds.
 *
 * @param caller opens the messages
 * @throws InputError when it cannot be read, is not JSON, or has a key twice in one object
 */
export function readJson(caller: string, path: string): unknown {
  const source = `${caller}: ${path}`;
  const text = readBytes(caller, path).toString('utf8');
  let value: unknown;
  let why = '';
  try {
    value = JSON.parse(text);
  } catch (error) {
    why = (error as Error).message;
  }
  check(why === '', () => `${source} is not JSON: ${shown(why)}`);
  const twice = repeatedKey(text);
  check(twice === undefined, () => `${source} has the key ${shown(twice ?? '')} twice in one object`);
  return value;
}

/** Throws unless the value is an object that has these keys alone. */
export function checkKeys(
  where: string,
  value: unknown,
  known: readonly string[],
): asserts value is Readonly<Record<string, unknown>> {
  check(
    typeof value === 'object' && value !== null && !Array.isArray(value),
    () => `${where} is ${brief(value)}, expected an object with ${known.join(', ')}`,
  );
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  check(unknown === undefined, () => `${where} has the key ${brief(unknown)}, expected ${known.join(', ')}`);
}

/** A value in a message, of bounded length: a file from elsewhere may hold anything. */
export function brief(value: unknown): string {
  return shown(JSON.stringify(value) ?? 'missing');
}
