import { existsSync } from 'node:fs';
import { program } from '../../support/debian';

const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A Chromium to test in: EXAN_CHROMIUM names one, else see {@link program}. */
export function chromium(): { path: string } | { missing: string } {
  return program('chromium', () =>
    [process.env.EXAN_CHROMIUM ?? '', ...known].find((path) => path && existsSync(path)),
  );
}
