import { element } from './element';
import { type Kind, palette } from './paint';

const words: Record<Kind, string> = {
  exan: 'fires for this sample only (ExAN)',
  shared: 'fires for several samples',
  silent: 'silent',
};

/** What the colours mean, in those of the theme. */
export class Legend {
  readonly node: HTMLElement;
  private readonly swatches = Object.keys(words).map((kind) => ({
    kind: kind as Kind,
    swatch: element('span', { class: 'exan-key', 'aria-hidden': 'true' }),
  }));

  constructor() {
    this.node = element(
      'p',
      { class: 'exan-legend' },
      this.swatches.map(({ kind, swatch }) => element('span', {}, [swatch, words[kind]])),
    );
  }

  paint(dark: boolean): void {
    for (const { kind, swatch } of this.swatches) swatch.style.background = `rgb(${palette(dark)[kind].join(',')})`;
  }
}
