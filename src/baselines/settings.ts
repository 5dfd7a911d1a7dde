import { check } from '../check';

/**
 * A table's settings by the name that `options.settings` gives, with every one of them that the options have themselves.
 *
 * @throws InputError for another name
 */
export function settingsOf<S extends object>(
  caller: string,
  table: Record<'authors' | 'tuned', S>,
  options: { readonly settings?: 'authors' | 'tuned' },
): S {
  const { settings = 'authors' } = options;
  check(
    Object.hasOwn(table, settings),
    () => `${caller}: settings is ${settings}, expected ${Object.keys(table).join(' or ')}`,
  );
  const own = Object.entries(options).filter(([key, value]) => key in table[settings] && value !== undefined);
  return { ...table[settings], ...Object.fromEntries(own) };
}
