import Module, { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';

type Require = (id: string) => unknown;
type Internals = { _nodeModulePaths(folder: string): string[] };

/** `require` for cells: packages from the notebook's folder, and local TypeScript files as tslab compiled them. */
export class CellRequire {
  private readonly compiled = new Map<string, string>();
  private readonly loaded = new Map<string, Module>();
  readonly require: Require;

  /** @param hooks modules that the kernel answers for itself */
  constructor(
    folder: string,
    private readonly hooks: (id: string, load: () => unknown) => unknown,
  ) {
    this.require = this.wrap(createRequire(join(folder, 'cell.js')), folder);
  }

  /** Takes compiled local files; a file that changed is run again at its next import. */
  add(files: readonly { path: string; data: string }[]): void {
    for (const { path, data } of files) {
      this.compiled.set(path, data.replace(/\n?\/\/# exan-map=\d+\s*$/, ''));
      this.loaded.delete(path);
    }
  }

  private wrap(original: Require, folder: string): Require {
    return (id) => this.local(id, folder) ?? this.hooks(id, () => original(id));
  }

  private local(id: string, folder: string): unknown {
    if (!/^\.{0,2}\//.test(id)) return undefined;
    const path = resolve(folder, extname(id) === '' ? `${id}.js` : id).replaceAll('\\', '/');
    const known = this.loaded.get(path);
    if (known) return known.exports;
    const code = this.compiled.get(path);
    if (code === undefined) return undefined;
    const module = new Module(path);
    module.filename = path;
    module.paths = (Module as unknown as Internals)._nodeModulePaths(dirname(path));
    module.require = this.wrap(module.require.bind(module), dirname(path)) as NodeJS.Require;
    this.loaded.set(path, module);
    (module as unknown as { _compile(code: string, path: string): void })._compile(code, path);
    return module.exports;
  }
}
