import type { Prelude } from '../compiler/prelude';

/** The values of the cells' top-level names: a plain object, so that loops over earlier variables stay fast. */
export type Scope = Record<string, unknown>;

/** Defines `name` as read by `read` at its first use, and assignable like any other. */
function lazily(scope: Scope, name: string, read: () => unknown): void {
  const set = (value: unknown) =>
    Object.defineProperty(scope, name, { value, writable: true, enumerable: true, configurable: true });
  Object.defineProperty(scope, name, {
    enumerable: true,
    configurable: true,
    get() {
      const value = read();
      set(value);
      return value;
    },
    set,
  });
}

/** A scope with the prelude's names. Nothing is loaded before a cell uses it: TensorFlow.js alone takes half a second. */
export function createScope(prelude: Prelude, load: (module: string) => Record<string, unknown>): Scope {
  const scope: Scope = {};
  for (const [name, { module, member }] of prelude.values)
    lazily(scope, name, () => (member === '*' ? load(module) : load(module)[member]));
  return scope;
}

/** Makes the names that a failed cell declared but never set say so, instead of being silently undefined. */
export function markUnset(scope: Scope, names: Iterable<string>, cell: number): void {
  for (const name of names)
    if (!(name in scope) || scope[name] === undefined)
      lazily(scope, name, () => {
        throw new ReferenceError(`${name} has no value: cell ${cell} stopped before it was set`);
      });
}
