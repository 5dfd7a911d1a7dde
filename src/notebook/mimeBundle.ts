import { inspect } from 'node:util';
import { isPlain } from './kinds';
import { knownBundle, type ShowOptions } from './knownBundle';
import { type Bundle, table } from './table';

/**
 * What a value looks like in a notebook: the library's own values as {@link knownBundle} has them; rows and plain objects as tables;
 * everything else as text. A bundle is passed on as it is.
 */
export function mimeBundle(value: unknown, options: ShowOptions = {}): Bundle {
  if (isBundle(value)) return value;
  const known = knownBundle(value, options);
  if (known) return known;
  if (isRows(value)) return table(value);
  if (isPlain(value)) return table(Object.entries(value).map(([name, v]) => [name, v]));
  return { 'text/plain': typeof value === 'string' ? value : inspect(value, { depth: 4, maxArrayLength: 100 }) };
}

function isBundle(value: unknown): value is Bundle {
  if (!isPlain(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => /^[a-z]+\/[\w.+-]+$/.test(key));
}

function isRows(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.length > 0 && value.every(isPlain);
}
