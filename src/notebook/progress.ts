import { randomUUID } from 'node:crypto';
import { check } from '../check';
import { escapeHtml } from './escapeHtml';
import { deliver, exanKernel } from './show';

/** Milliseconds between two updates: more often than the eye needs only fills the wire. */
const PAUSE = 100;
/** Milliseconds between two updates while nothing is reported: whoever waits sees that it goes on. */
const BEAT = 500;

/**
 * A progress bar that is updated in place, with the time left: pass it as `onProgress`. Under the exan kernel it beats twice a second
 * from now until it is full or the cell ends, whether or not anything is reported. Shows nothing outside of a notebook.
 *
 * @example
 * // or watch('pursuit'), which can be interrupted too
 * reconstruct(model, gradient, { onProgress: progress('pursuit') }).status;  // => 'exact'
 */
export function progress(label: string): (fraction: number, note?: string) => void {
  const displayId = `exan-${randomUUID()}`;
  const start = performance.now();
  let shown = Number.NEGATIVE_INFINITY;
  let [fraction, note] = [0, ''];
  const draw = (ended = false): void => {
    const now = performance.now();
    const line = progressLine(label, fraction, (now - start) / 1000, note, ended);
    const bar = `<progress max="1" value="${fraction.toFixed(3)}" aria-label="${escapeHtml(label)}"></progress>`;
    const bundle = { 'text/html': `<div>${bar} ${escapeHtml(line)}</div>`, 'text/plain': line };
    deliver(bundle, { displayId, update: shown !== Number.NEGATIVE_INFINITY });
    shown = now;
  };
  const stop = beat(draw, () => fraction < 1 && shown !== Number.NEGATIVE_INFINITY && draw(true));
  return (reported, words = '') => {
    check(0 <= reported && reported <= 1, () => `progress: fraction is ${reported}, expected a number in [0, 1]`);
    [fraction, note] = [reported, words];
    if (fraction === 1) stop();
    if (fraction < 1 && performance.now() - shown < PAUSE) return;
    draw();
  };
}

/** Draws again and again until it is stopped or the cell ends; where no kernel tells when that is, not at all. */
function beat(draw: () => void, atEnd: () => void): () => void {
  const kernel = exanKernel();
  if (!kernel?.onCellEnd) return () => undefined;
  const timer = setInterval(draw, BEAT);
  timer.unref();
  kernel.onCellEnd(() => {
    clearInterval(timer);
    atEnd();
  });
  return () => clearInterval(timer);
}

/**
 * The line beside the bar: what, how far, the time left at the pace so far (or passed, before there is a pace and after the end), a note.
 *
 * @example
 * progressLine('pursuit', 0.25, 3);  // => 'pursuit 25 %, 9 s left'
 */
export function progressLine(label: string, fraction: number, seconds: number, note = '', ended = false): string {
  const time = ended
    ? `ended after ${seconds.toFixed(1)} s`
    : fraction >= 1
      ? `${seconds.toFixed(1)} s`
      : fraction > 0
        ? `${Math.ceil((seconds * (1 - fraction)) / fraction)} s left`
        : seconds >= 1 && `${Math.floor(seconds)} s so far`;
  return [`${label} ${Math.floor(100 * fraction)} %`.trim(), time, note].filter(Boolean).join(', ');
}
