import assert from 'node:assert/strict';
import { test } from 'node:test';
import { residualBars } from '../../src/viz/residualBars';
import { rounded } from './rounded';

const certificate = {
  residual: 2e-16,
  tolerance: 1e-9,
  verdict: 'holds',
  layers: [
    { layer: 0, residual: 2.345678e-16 },
    { layer: 1, residual: 0 },
  ],
} as const;

test('residualBars(certificate) draws each layer against the tolerance on a logarithmic axis', () => {
  assert.deepEqual(rounded(residualBars(certificate)), {
    data: [
      { type: 'bar', name: 'residual', x: ['layer 0', 'layer 1'], y: [2.346e-16, 1e-18], text: ['2.3e-16', '0'] },
      { type: 'scatter', name: 'tolerance', mode: 'lines', x: ['layer 0', 'layer 1'], y: [1e-9, 1e-9] },
    ],
    layout: {
      title: { text: 'Replayed against shared gradient: the certificate holds' },
      width: 520,
      height: 320,
      margin: { l: 80, r: 20, t: 50, b: 40 },
      xaxis: { type: 'category' },
      yaxis: { type: 'log', exponentformat: 'power', title: { text: 'relative residual' } },
    },
  });
});
