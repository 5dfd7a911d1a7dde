import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colorway } from '../../src/viz/figure';

type Three = readonly [number, number, number];

/** Linear light of an sRGB colour. */
const linear = (hex: string): Three => {
  const channel = (k: number): number => {
    const v = Number.parseInt(hex.slice(1 + 2 * k, 3 + 2 * k), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  return [channel(0), channel(1), channel(2)];
};

const times = (rows: readonly Three[], [r, g, b]: Three): Three =>
  rows.map(([x, y, z]) => x * r + y * g + z * b) as unknown as Three;

/** What is left of linear light without one kind of cone (Machado, Oliveira & Fernandes 2009, severity 1). */
const sight: Readonly<Record<string, readonly Three[]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

/** Oklab, in which equal distances look about equally far apart (Ottosson 2020). */
function oklab(light: Three): Three {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    light,
  ).map(Math.cbrt) as unknown as Three;
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

/** The two colours that look most alike, as a distance. */
function closest(colours: readonly string[], rows: readonly Three[]): number {
  const seen = colours.map((hex) => oklab(times(rows, linear(hex))));
  const far = (a: Three, b: Three): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  return Math.min(...seen.flatMap((a, i) => seen.slice(i + 1).map((b) => far(a, b))));
}

test('traces have colours that people without red or green cones tell apart, better than plotly’s own', () => {
  const plotly = ['#1f77b4', '#ff7f0e', '#2ca02c', '#d62728', '#9467bd', '#8c564b', '#e377c2'];
  for (const [name, rows] of Object.entries(sight)) {
    const own = closest(colorway, rows);
    assert.ok(own > 0.07, `${name}: ${own}`);
    if (name !== 'normal')
      assert.ok(own > 1.5 * closest(plotly, rows), `${name}: ${own}, plotly ${closest(plotly, rows)}`);
  }
});

test('traces stand out from white and from dark pages', () => {
  const bright = ([r, g, b]: Three): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  for (const page of ['#ffffff', '#0d1117'])
    for (const colour of colorway) {
      const [a, b] = [bright(linear(page)), bright(linear(colour))];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      assert.ok(contrast > 2, `${colour} on ${page}: ${contrast}`);
    }
});
