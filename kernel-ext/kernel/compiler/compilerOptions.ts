import type * as TS from '@tslab/typescript-for-tslab';
import { typesFallBackTo } from './moduleResolution';
import { transpileKeepingMap } from './sourceMap';
import { ts, typescriptPath } from './typescript';

/**
 * tslab hard-codes its compiler options and calls the compiler through its module object. Replacing that object before
 * tslab loads is the one seam it leaves: strict checking, top-level await, `exports` maps and source maps come in here.
 */
export function installCompilerOptions(home: string): void {
  const own = Object.getOwnPropertyDescriptors(ts);
  for (const key of Object.keys(own)) (own as Record<string, PropertyDescriptor>)[key]!.configurable = true;
  const patched = Object.defineProperties({}, own) as typeof ts;
  const define = (name: string, value: unknown) => Object.defineProperty(patched, name, { enumerable: true, value });

  define('createWatchCompilerHost', (files: string[], options: TS.CompilerOptions, ...rest: unknown[]) => {
    Object.assign(options, {
      strict: true,
      disableTopLevelAwait: false,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      inlineSourceMap: true,
      // Not every @types package that some dependency happens to bring along.
      types: ['node'],
      lib: [...(options.lib ?? []), 'lib.es2023.d.ts'],
    });
    const create = ts.createWatchCompilerHost as (
      ...args: unknown[]
    ) => TS.WatchCompilerHostOfFilesAndCompilerOptions<TS.BuilderProgram>;
    const host = create(files, options, ...rest);
    typesFallBackTo(home, host);
    return host;
  });
  define('transpileModule', transpileKeepingMap);

  const { watchFile } = ts.sys;
  // Declarations of packages do not change while a notebook runs; a thousand watchers on them cost start-up and memory.
  ts.sys.watchFile = (path, ...rest) =>
    /\.d\.[cm]?ts$|[\\/]node_modules[\\/]/.test(path) && !/__prev__/.test(path)
      ? { close() {} }
      : watchFile!(path, ...rest);
  ts.sys.watchDirectory = () => ({ close() {} });

  const cached = require.cache[typescriptPath];
  if (!cached) throw new Error('exan kernel: the compiler of tslab is not loaded');
  cached.exports = patched;
}
