import { spawnSync } from 'node:child_process';

/** The Python of tests that need one: PYTHON, or what is called python3. */
export const python = process.env.PYTHON ?? 'python3';

/** False where that Python has these modules, else why a test is skipped. */
export function lacks(...modules: string[]): string | false {
  const code = `import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, sys.argv[1:])))`;
  const { status } = spawnSync(python, ['-c', code, ...modules]);
  return status === 0 ? false : `needs Python with ${modules.join(', ')}: set PYTHON to one that has them`;
}

/** Runs lines of Python to their end in a folder; throws with what they said when they fail. */
export function runPython(lines: readonly string[], cwd = '.', ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(python, ['-', ...args], {
    input: lines.join('\n'),
    cwd,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Python ended with ${status}: ${stderr}`);
  return stdout;
}
