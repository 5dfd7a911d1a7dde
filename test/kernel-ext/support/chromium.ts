import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const find = (): string | undefined =>
  [process.env.EXAN_CHROMIUM ?? '', ...known].find((path) => path && existsSync(path));

/**
 * A Chromium to test in: an installed one (EXAN_CHROMIUM names another), else Debian's package, which root can install.
 * Where neither is possible, the reason.
 */
export function chromium(): { path: string } | { missing: string } {
  const path = find();
  if (path) return { path };
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return { missing: 'no Chromium found, and only root on Debian can install one: set EXAN_CHROMIUM' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
  const done = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  const fresh = find();
  return fresh ? { path: fresh } : { missing: `apt-get could not install chromium: ${done.stderr?.trim()}` };
}
