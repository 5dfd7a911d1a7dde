import Module from 'node:module';
import { dirname, join } from 'node:path';
import type * as TS from '@tslab/typescript-for-tslab';
import { ts } from './typescript';

type ResolveFilename = (request: string, parent: unknown, isMain: boolean, options?: { paths?: string[] }) => string;

const isRelative = (name: string): boolean => /^(\.|\/|[A-Za-z]:[\\/])/.test(name);

/** The folder of the library itself, so that `import 'exan'` works where no node_modules holds it. */
const selfReference = (name: string, home: string): string | undefined => (name === 'exan' ? home : undefined);

/** At run time: a bare name that the notebook's folder does not have is looked up from `home`. */
export function requireFallsBackTo(home: string): void {
  const module = Module as unknown as { _resolveFilename: ResolveFilename };
  const original = module._resolveFilename;
  module._resolveFilename = function (this: unknown, request, parent, isMain, options) {
    try {
      return original.call(this, request, parent, isMain, options);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND' || isRelative(request)) throw error;
      try {
        return original.call(this, selfReference(request, home) ?? request, parent, isMain, { paths: [home] });
      } catch {
        throw error; // the first message names the notebook's own folder
      }
    }
  };
}

/** For the type checker: the same order, notebook first, then `home`. Found modules are remembered, missing ones retried. */
export function typesFallBackTo(
  home: string,
  host: TS.WatchCompilerHostOfFilesAndCompilerOptions<TS.BuilderProgram>,
): void {
  const found = new Map<string, TS.ResolvedModuleWithFailedLookupLocations>();
  host.resolveModuleNameLiterals = (literals, containingFile, redirected, options, sourceFile) =>
    literals.map((literal) => {
      const name = literal.text;
      const key = `${dirname(containingFile)}\0${name}`;
      const known = found.get(key);
      if (known) return known;
      const mode = ts.getModeForUsageLocation(sourceFile, literal);
      const resolve = (request: string, from: string) =>
        ts.resolveModuleName(request, from, options, host, undefined, redirected, mode);
      let result = resolve(name, containingFile);
      if (!result.resolvedModule && !isRelative(name))
        result = resolve(selfReference(name, home) ?? name, join(home, '__home__.ts'));
      if (result.resolvedModule) found.set(key, result);
      return result;
    });
  // Otherwise every keystroke resolves the whole program anew: 0.05 s a cell becomes 0.2-1.2 s.
  host.hasInvalidatedResolutions = () => false;
}
