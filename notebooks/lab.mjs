// npm run lab: the same set-up as npm start, then JupyterLab on this machine only, with a token.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { jupyterEnv, main, python, root, say, setup } from './setup.mjs';

await main(() => {
  setup();
  const args = [
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.root_dir=${root}`,
    '--LabApp.default_url=/lab/tree/notebooks/00-quickstart.ipynb',
  ];
  say('starting JupyterLab on 127.0.0.1; stop it with Ctrl-C');
  const lab = spawn(python, ['-m', 'jupyterlab', ...args, ...process.argv.slice(2)], {
    cwd: join(root, 'notebooks'),
    env: { ...process.env, ...jupyterEnv }, // Jupyter makes a fresh token and prints the address with it
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => lab.kill(signal));
  lab.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
});
