import { randomUUID } from 'node:crypto';
import { check } from '../check';
import { escapeHtml } from './escapeHtml';
import { deliver } from './show';

/** Milliseconds between two updates: more often than the eye needs only fills the wire. */
const PAUSE = 100;

/**
 * A progress bar that is updated in place, with the time left: pass it as `onProgress`. Shows nothing outside of a notebook.
 *
 * @example
 * // or watch('pursuit'), which can be interrupted too
 * reconstruct(model, gradient, { onProgress: progress('pursuit') }).status;  // => 'exact'
 */
export function progress(label: string): (fraction: number, note?: string) => void {
  const displayId = `exan-${randomUUID()}`;
  const start = performance.now();
  let shown = Number.NEGATIVE_INFINITY;
  return (fraction, note = '') => {
    check(0 <= fraction && fraction <= 1, () => `progress: fraction is ${fraction}, expected a number in [0, 1]`);
    const now = performance.now();
    if (fraction < 1 && now - shown < PAUSE) return;
    const line = progressLine(label, fraction, (now - start) / 1000, note);
    const bar = `<progress max="1" value="${fraction.toFixed(3)}"></progress>`;
    const bundle = { 'text/html': `<div>${bar} ${escapeHtml(line)}</div>`, 'text/plain': line };
    deliver(bundle, { displayId, update: shown !== Number.NEGATIVE_INFINITY });
    shown = now;
  };
}

/**
 * The line beside the bar.
 *
 * @example
 * progressLine('pursuit', 0.25, 3);  // => 'pursuit 25 %, 9 s left'
 */
export function progressLine(label: string, fraction: number, seconds: number, note = ''): string {
  const time =
    fraction >= 1
      ? `${seconds.toFixed(1)} s`
      : fraction > 0
        ? `${Math.ceil((seconds * (1 - fraction)) / fraction)} s left`
        : '';
  return [`${label} ${Math.floor(100 * fraction)} %`, time, note].filter(Boolean).join(', ');
}
