import { resolve } from 'node:path';
import { program } from '../../support/debian';

const { chromiumPath }: { readonly chromiumPath: () => string | undefined } = require(
  resolve('notebooks', 'chromium.mjs'),
);

/** A Chromium to test in: EXAN_CHROMIUM names one, else see {@link program}. */
export function chromium(): { path: string } | { missing: string } {
  return program('chromium', chromiumPath);
}
