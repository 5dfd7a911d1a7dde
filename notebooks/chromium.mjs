import { existsSync } from 'node:fs';

/** A Chromium of this machine, or nothing: EXAN_CHROMIUM names one. */
export function chromiumPath() {
  const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return [process.env.EXAN_CHROMIUM, ...known].find((path) => path && existsSync(path));
}
