// What `npm start`, `npm run lab`, `npm test` and `exan lab` share: packages, build, Python environment, kernel. Node builtins
// only, because a fresh clone has no node_modules. Each step is skipped when its inputs are unchanged.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
/** False in an installed package, which is built, and whose folder is npm's. */
export const checkout = existsSync(join(root, 'src'));

/** A folder of this user's that may be lost, for each place and version of an installed package. */
function cacheFolder() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const name = `${version}-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'exan', name);
}

/** The Python environment's folder. */
export const venv = checkout ? join(root, '.venv') : join(cacheFolder(), 'venv');
const windows = process.platform === 'win32';
const bin = join(venv, windows ? 'Scripts' : 'bin');
/** The Python of the environment. */
export const python = join(bin, windows ? 'python.exe' : 'python');

/** The kernel that runs the notebooks, as nbclient and JupyterLab know it. */
export const kernel = 'exan';

/** Something the user can put right: printed as one line, without a stack. */
export class SetupError extends Error {}

/** Writes a line of progress; standard output is left to results. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs a command in the project's folder with its output on stderr; throws a SetupError when it fails. */
export function run(command, args, { what = command, env = {}, quiet = false } = {}) {
  const done = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', quiet ? 'pipe' : process.stderr, quiet ? 'pipe' : process.stderr],
    encoding: 'utf8',
    shell: windows && command === 'npm',
  });
  if (done.error) throw new SetupError(`${what}: cannot run ${command} (${done.error.message})`);
  if (done.status !== 0) throw new SetupError(`${what} failed\n${(done.stdout ?? '') + (done.stderr ?? '')}`.trim());
  return done.stdout ?? '';
}

/** Paths of all files under a folder, sorted, without node_modules. */
export function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name === 'node_modules') return [];
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesUnder(path) : [path];
    });
}

/** Names and contents of files as one hash. */
export function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

/** Runs `work` unless the stamp file holds `state` already. */
export function whenChanged(stamp, state, work) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return;
  work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, state);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupError(`exan needs Node 20.19 or later, this is ${process.version}; install it from nodejs.org`);
}

/** The system's Python: it makes the environment, which has its own afterwards. */
function findPython() {
  const seen = [];
  for (const command of ['python3', 'python']) {
    const code = 'import sys; print("%d.%d" % sys.version_info[:2])';
    const done = spawnSync(command, ['-c', code], { encoding: 'utf8' });
    if (done.status !== 0) continue;
    const version = done.stdout.trim();
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major === 3 && minor >= 10) return { command, version };
    seen.push(`${command} is ${version}`);
  }
  throw new SetupError(
    `exan needs Python 3.10 or later for Jupyter (${seen.join(', ') || 'neither python3 nor python was found'}); ` +
      'install python3 and python3-venv, or get it from python.org',
  );
}

function installPackages() {
  const modules = join(root, 'node_modules');
  // a linked node_modules belongs to another checkout: use it as it is
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  whenChanged(join(modules, '.exan-lock'), hashOf([join(root, 'package-lock.json')]), () => {
    say('installing npm packages (npm ci)');
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { what: 'npm ci' });
  });
}

function buildLibrary() {
  const sources = [...filesUnder(join(root, 'src')), join(root, 'tsconfig.json'), join(root, 'package-lock.json')];
  whenChanged(join(root, 'dist', '.sources'), hashOf(sources), () => {
    say('building dist/');
    run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc')], { what: 'the build' });
  });
}

function makeEnvironment(system) {
  const requirements = join(root, 'notebooks', 'requirements.txt');
  // an environment names its own folder in many places: where the checkout was moved, it is made again
  whenChanged(join(venv, '.exan-requirements'), `${system.version} ${venv} ${hashOf([requirements])}`, () => {
    say(`making ${checkout ? '.venv' : venv} with JupyterLab`);
    rmSync(venv, { recursive: true, force: true });
    run(system.command, ['-m', 'venv', venv], {
      what: 'python -m venv (on Debian and Ubuntu: install python3-venv)',
      quiet: true,
    });
    const options = ['--quiet', '--disable-pip-version-check', '--no-input'];
    run(python, ['-m', 'pip', 'install', ...options, '-r', requirements], { what: 'pip install', quiet: true });
  });
}

/** Kernel and lab extension go into .venv as a wheel, so that pip knows them and can take them away. */
function installKernel() {
  const folder = join(root, 'kernel-ext');
  const parts = [
    'kernel',
    'kernelspec',
    'labextension/src',
    'labextension/package.json',
    'labextension/build.mjs',
    'exan_lab',
  ];
  const sources = parts.flatMap((part) => (part.includes('.') ? [join(folder, part)] : filesUnder(join(folder, part))));
  const rest = ['install.ts', 'tsconfig.json', 'build.mjs', 'wheel.mjs', 'pyproject.toml'].map((name) =>
    join(folder, name),
  );
  // the kernel preloads the names that the library exports
  const library = [join(root, 'dist', 'index.d.ts'), join(root, 'package-lock.json'), join(venv, '.exan-requirements')];
  whenChanged(join(venv, '.exan-kernel'), hashOf([...sources, ...rest, ...library]), () => {
    say('building the kernel and the lab extension');
    run(process.execPath, [join(folder, 'build.mjs')], { what: 'the build of kernel-ext' });
    const wheel = run(process.execPath, [join(folder, 'wheel.mjs'), python], { what: 'the wheel', quiet: true }).trim();
    const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-deps', '--force-reinstall'];
    run(python, ['-m', 'pip', 'install', ...options, wheel], { what: 'pip install of the wheel', quiet: true });
  });
  // notebooks/ finds `exan` by ordinary resolution, for other kernels and editors as well
  const link = join(root, 'notebooks', 'node_modules', 'exan');
  if (lstatSync(link, { throwIfNoEntry: false })) return;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(windows ? root : join('..', '..'), link, windows ? 'junction' : 'dir');
}

/** An installed package has kernel and lab extension built; they are copied into the environment. */
function copyKernel() {
  const { install } = createRequire(import.meta.url)('../kernel-ext/dist/install.js');
  whenChanged(join(venv, '.exan-kernel'), `${root} ${readFileSync(join(venv, '.exan-requirements'), 'utf8')}`, () => {
    install({ prefix: venv });
  });
}

/** Variables under which Jupyter uses the environment's kernels and no one else's settings. */
export const jupyterEnv = {
  JUPYTER_PREFER_ENV_PATH: '1',
  JUPYTER_CONFIG_DIR: join(venv, 'etc', 'exan'),
  JUPYTER_PLATFORM_DIRS: '1',
  PYDEVD_DISABLE_FILE_VALIDATION: '1',
};

/** Makes everything ready; idempotent, and a fraction of a second when nothing changed. */
export function setup() {
  checkNode();
  const system = findPython(); // before the long steps: what is missing is said at once
  if (checkout) {
    installPackages();
    buildLibrary();
  }
  makeEnvironment(system);
  if (checkout) installKernel();
  else copyKernel();
}

/** Executes a notebook headless; writes `<out>.ipynb` and `<out>.html` and returns the executed notebook. */
export function execute(notebook, out) {
  const script = join(root, 'notebooks', 'execute.py');
  run(python, [script, kernel, notebook, out], { what: `executing ${relative(root, notebook)}`, env: jupyterEnv });
  return JSON.parse(readFileSync(`${out}.ipynb`, 'utf8'));
}

/**
 * Notebooks of the course, all of them or those that are named (with or without `.ipynb`, a number is enough), in order.
 *
 * @throws SetupError for a name that none has
 */
export function notebooksNamed(wanted = []) {
  const all = readdirSync(join(root, 'notebooks'))
    .filter((file) => /^\d\d-.*\.ipynb$/.test(file))
    .map((file) => file.replace(/\.ipynb$/, ''))
    .sort();
  const means = (name, word) => name === basename(word, '.ipynb') || name.startsWith(`${word}-`);
  const strange = wanted.find((word) => !all.some((name) => means(name, word)));
  if (strange !== undefined)
    throw new SetupError(`no notebook is named ${strange}, expected some of ${all.join(', ')}`);
  return wanted.length === 0 ? all : all.filter((name) => wanted.some((word) => means(name, word)));
}

/** Runs a main function; what the user can put right is said in one line. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
