import type { Attacked } from '../worker/attack';
import { button, element, say, show } from './controls';
import type { Watching } from './library';
import { inWords } from './words';

/** The part of a page in which a digit's way back is shown: the buttons `attack` and, where there is one, `stop`, a bar, a sentence, a picture. */
export function attackPanel(run: (watching: Watching) => Promise<Attacked>): { readonly clear: () => void } {
  const bar = document.querySelector<HTMLProgressElement>('#progress');
  const stop = document.querySelector<HTMLButtonElement>('#stop');
  const panel = element('attacked');
  let running: AbortController | undefined;
  const start = button('attack', async () => {
    running?.abort();
    const own = new AbortController();
    running = own;
    busy(true);
    say('answer', 'Searching …');
    try {
      const found = await run({ signal: own.signal, onProgress });
      if (running !== own) return; // the batch is another by now
      show('recovered', found.picture);
      say('answer', inWords(found));
      panel.dataset.status = found.status;
    } catch (error) {
      if (running === own) say('answer', `The attack failed: ${(error as Error).message}`);
    } finally {
      if (running === own) busy(false);
    }
  });
  const onProgress = (fraction: number, note: string): void => {
    if (bar) bar.value = fraction;
    if (bar) say('note', note);
  };
  const busy = (now: boolean): void => {
    panel.setAttribute('aria-busy', String(now));
    if (stop) stop.disabled = !now;
    start.disabled = now && stop !== null;
    if (bar) bar.hidden = !now;
    if (bar && !now) say('note', '');
  };
  stop?.addEventListener('click', () => running?.abort());
  return {
    clear() {
      running?.abort();
      running = undefined;
      busy(false);
      show('recovered', null);
      say('answer', '');
      delete panel.dataset.status;
    },
  };
}
