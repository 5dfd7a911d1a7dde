import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The command line as it was compiled with the tests. */
export const cli = join('build', 'src', 'cli', 'main.js');

/** Runs one command to its end. */
export function exan(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}
