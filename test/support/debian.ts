import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * A program to test with: one that is found, else that of a Debian package, which root can install; its service is not started. Where
 * neither is possible, the reason.
 */
export function program(name: string, find: () => string | undefined): { path: string } | { missing: string } {
  const path = find();
  if (path) return { path };
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return { missing: `no ${name} found, and only root on Debian can install one: apt-get install ${name}` };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
  const done = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  });
  const fresh = find();
  return fresh ? { path: fresh } : { missing: `apt-get could not install ${name}: ${done.stderr?.trim()}` };
}

/** Where a program is in PATH. */
export function inPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(':')
    .map((folder) => `${folder}/${name}`)
    .find((path) => existsSync(path));
}
