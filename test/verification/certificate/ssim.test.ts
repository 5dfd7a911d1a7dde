import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ssim } from '../../../src/verification/certificate/ssim';
import { close } from '../../support/closeness';

test('ssim is 1 for equal pictures, and as worked by hand for two constant ones', () => {
  const shape = { height: 8, width: 8, channels: 1 };
  const grey = (v: number) => new Float64Array(64).fill(v);
  assert.equal(ssim(grey(0.3), grey(0.3), shape), 1);
  // variances 0: (2 * 0.5 * 0.25 + 1e-4) / (0.5^2 + 0.25^2 + 1e-4)
  close(ssim(grey(0.5), grey(0.25), shape), 0.2501 / 0.3126, 1e-9);
});
