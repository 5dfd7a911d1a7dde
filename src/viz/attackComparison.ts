import { check } from '../check';
import { quantile } from '../math/quantile';
import { type Figure, named, sizesAxis, type Trace } from './figure';

/** What the figures need of a row: one attack on one batch. */
export interface ComparedAttack {
  readonly attack: string;
  readonly size: number;
  /** dB for a peak of 1, median over the batch */
  readonly psnr: number;
  /** seconds, dB */
  readonly history: readonly (readonly [number, number])[];
}

/**
 * PSNR over the batch size, a line per attack, the median of its seeds. What handed over nothing anywhere is left out.
 *
 * @throws InputError without rows
 * @example
 * const row = { attack: 'exan', size: 8, psnr: 250, history: [] };
 * viz.attackComparison([row, { ...row, size: 16 }]).data.length;  // => 1
 */
export function attackComparison(rows: readonly ComparedAttack[]): Figure {
  check(rows.length > 0, () => 'attackComparison: no rows, expected at least one');
  const all = [...new Set(rows.map((r) => r.size))].sort((a, b) => a - b);
  return {
    data: namesOf(rows.filter((r) => r.psnr > 0)).map((attack, k): Trace => {
      const own = rows.filter((r) => r.attack === attack);
      const x = all.filter((size) => own.some((r) => r.size === size));
      const y = x.map((size) => {
        const psnr = own.filter((r) => r.size === size).map((r) => r.psnr);
        return quantile(psnr, 0.5);
      });
      return { type: 'scatter', mode: 'lines+markers', name: attack, line: lineOf(k), x, y };
    }),
    layout: {
      title: { text: 'What each attack sees of the batch (20 dB: visible)' },
      height: 420,
      ...named,
      xaxis: sizesAxis(all),
      yaxis: { title: { text: 'PSNR of the median sample, dB' } },
    },
  };
}

/**
 * PSNR over time on the largest batch, one line per attack, of its median seed: how good the best guess was after how long. What handed
 * over nothing is left out.
 *
 * @throws InputError when no row has a history
 * @example
 * const row = { attack: 'exan', size: 8, psnr: 250, history: [[0.1, 0], [0.2, 250]] as const };
 * viz.attackHistory([row]).data.length;  // => 1
 */
export function attackHistory(rows: readonly ComparedAttack[]): Figure {
  const told = rows.filter((r) => r.history.some(([, psnr]) => psnr > 0));
  check(told.length > 0, () => 'attackHistory: no row has a history, expected at least one');
  const size = Math.max(...told.map((r) => r.size));
  const shown = told.filter((r) => r.size === size);
  const lines = namesOf(shown).flatMap((attack, k): Trace[] => {
    const own = shown.filter((r) => r.attack === attack).sort((a, b) => a.psnr - b.psnr);
    const median = own[Math.floor(own.length / 2)];
    if (!median) return [];
    const x = median.history.map(([seconds]) => Math.max(shortest, seconds));
    const y = median.history.map(([, psnr]) => psnr);
    return [{ type: 'scatter', mode: 'lines+markers', name: attack, line: lineOf(k), x, y }];
  });
  return {
    data: lines,
    layout: {
      title: { text: `What each attack sees after how long, M = ${size} (20 dB: visible)` },
      height: 420,
      ...named,
      xaxis: { automargin: true, title: { text: 'seconds' }, type: 'log', exponentformat: 'power' },
      yaxis: { title: { text: 'PSNR of the median sample, dB' } },
    },
  };
}

/** Seconds at the left edge, where a logarithm needs one. */
const shortest = 1e-3;

function namesOf(rows: readonly ComparedAttack[]): string[] {
  return [...new Set(rows.map((r) => r.attack))];
}

/** Lines after which plotly begins with its first colour again. */
const colours = 10;

function lineOf(k: number): { readonly width: number; readonly dash: 'solid' | 'dot' } {
  return { width: 2, dash: k < colours ? 'solid' : 'dot' };
}
