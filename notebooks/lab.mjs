// npm run lab, exan lab: the same set-up as npm start, then JupyterLab on this machine only, with a token. An installed package's
// notebooks are copied into ./exan-notebooks first, where one's own changes are kept.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { checkout, jupyterEnv, main, python, root, say, setup } from './setup.mjs';

/** Copies what is not there yet. */
function ownCopies() {
  const own = resolve('exan-notebooks');
  mkdirSync(own, { recursive: true });
  for (const name of readdirSync(join(root, 'notebooks')))
    if (/\.(ipynb|md)$|^pytorch$/.test(name) && !existsSync(join(own, name)))
      cpSync(join(root, 'notebooks', name), join(own, name), { recursive: true });
  return own;
}

await main(() => {
  setup();
  const folder = checkout ? join(root, 'notebooks') : ownCopies();
  const shown = dirname(folder);
  const args = [
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.root_dir=${shown}`,
    `--LabApp.default_url=/lab/tree/${folder.slice(shown.length + 1)}/00-quickstart.ipynb`,
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
  ];
  say(`starting JupyterLab on 127.0.0.1 for ${folder}; stop it with Ctrl-C`);
  const lab = spawn(python, ['-m', 'jupyterlab', ...args, ...process.argv.slice(2)], {
    cwd: folder,
    env: { ...process.env, ...jupyterEnv }, // Jupyter makes a fresh token and prints the address with it
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => lab.kill(signal));
  lab.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
});
