import { neuronAxis, sampleAxis } from './axes';
import { countsTable } from './countsTable';
import type { Cursor } from './cursor';
import { element } from './element';
import type { Layer } from './exclusivityData';
import { keyAction } from './keyboard';
import { Legend } from './legend';
import { paint } from './paint';
import { describeNeuron, describeSamples } from './words';

interface Panel {
  readonly layer: Layer;
  readonly frame: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly cursor: HTMLElement;
}

const rowHeight = (samples: number): number => Math.max(3, Math.min(18, Math.floor(280 / samples)));

/** Samples x neurons for each layer, ExANs lit. Rows of all layers are the same samples, so choosing one shows it everywhere. */
export class ExclusivityMap {
  readonly node: HTMLElement;
  /** First and last chosen sample. */
  selection: { from: number; to: number } | undefined;
  private readonly panels: Panel[];
  private readonly legend = new Legend();
  private readonly status = element('p', { class: 'exan-status', role: 'status', 'aria-live': 'polite' });
  private at: Cursor = { layer: 0, sample: -1, neuron: 0 };
  private dark = false;

  constructor(
    private readonly layers: readonly Layer[],
    private readonly labels?: readonly number[],
  ) {
    this.panels = layers.map((layer, index) => this.panel(layer, index));
    const samples = layers[0]?.samples ?? 0;
    const total = layers.map((l) => `${l.name} ${sum(samples, (m) => l.exans(m).length)} of ${l.neurons}`).join(', ');
    this.node = element(
      'div',
      {
        class: 'exan-map',
        tabindex: '0',
        role: 'group',
        'aria-roledescription': 'exclusivity map',
        'aria-label': `Exclusivity map of ${samples} samples. Exclusive neurons: ${total}.`,
      },
      [
        this.legend.node,
        ...this.panels.flatMap(({ layer, frame }) => [
          heading(layer),
          element('div', { class: 'exan-panel' }, [
            sampleAxis(layer.samples, rowHeight(layer.samples)),
            frame,
            neuronAxis(layer.neurons),
          ]),
        ]),
        this.status,
        element('p', { class: 'exan-help' }, [
          "Click or drag over samples to choose them. Keys: Tab comes here; arrows move, Page Up and Page Down change the layer, n and p go to the sample's next and previous ExAN (or, before any sample is pointed at, to the layer's first and last one), Enter or Space chooses, Escape lets go.",
        ]),
        countsTable(layers, labels),
      ],
    );
    this.node.addEventListener('keydown', (event) => this.onKey(event));
    this.say();
  }

  /** Chooses the samples between two, both included; without arguments none. */
  select(from?: number, to: number | undefined = from): void {
    this.selection =
      from === undefined || to === undefined ? undefined : { from: Math.min(from, to), to: Math.max(from, to) };
    this.paint(this.dark);
    this.say();
  }

  paint(dark: boolean): void {
    this.dark = dark;
    const chosen = new Set(this.chosen());
    for (const { canvas, layer } of this.panels) paint(canvas, layer, chosen, dark);
    this.legend.paint(dark);
  }

  private chosen(): number[] {
    const { selection } = this;
    return selection ? Array.from({ length: selection.to - selection.from + 1 }, (_, i) => selection.from + i) : [];
  }

  private panel(layer: Layer, index: number): Panel {
    const canvas = element('canvas', { 'aria-hidden': 'true' });
    const cursor = element('div', { class: 'exan-cursor' });
    const frame = element('div', { class: 'exan-layer' }, [canvas, cursor]);
    frame.style.height = `${layer.samples * rowHeight(layer.samples)}px`;
    let from: number | undefined;
    const place = (event: PointerEvent): Cursor => {
      const box = canvas.getBoundingClientRect();
      const inside = (value: number, size: number, count: number) =>
        Math.max(0, Math.min(count - 1, Math.floor((value / size) * count)));
      return {
        layer: index,
        sample: inside(event.clientY - box.top, box.height, layer.samples),
        neuron: inside(event.clientX - box.left, box.width, layer.neurons),
      };
    };
    frame.addEventListener('pointerdown', (event) => {
      from = place(event).sample;
      frame.setPointerCapture(event.pointerId);
      this.moveTo(place(event));
      this.select(from);
    });
    frame.addEventListener('pointermove', (event) => {
      const cell = place(event);
      this.moveTo(cell);
      if (from !== undefined) this.select(from, cell.sample);
    });
    frame.addEventListener('pointerup', () => {
      from = undefined;
    });
    return { layer, frame, canvas, cursor };
  }

  /** Puts the cursor on a neuron, and says what is there. */
  private moveTo(at: Cursor): void {
    this.at = at;
    this.panels.forEach(({ cursor, frame, layer }, index) => {
      const here = index === at.layer && at.sample >= 0;
      cursor.style.display = here ? 'block' : 'none';
      if (!here) return;
      const width = Math.max(7, frame.clientWidth / layer.neurons);
      const height = frame.clientHeight / layer.samples;
      const centre = ((at.neuron + 0.5) / layer.neurons) * frame.clientWidth;
      Object.assign(cursor.style, {
        left: `${centre - width / 2}px`,
        top: `${at.sample * height - 1}px`,
        width: `${width}px`,
        height: `${height + 2}px`,
      });
      frame.title = describeNeuron(layer, at.sample, at.neuron, this.labels);
    });
    this.say();
  }

  private say(): void {
    const layer = this.layers[this.at.layer];
    const neuron =
      layer && this.at.sample >= 0 ? describeNeuron(layer, this.at.sample, this.at.neuron, this.labels) : '';
    const chosen = this.selection ? `Chosen ${describeSamples(this.layers, this.chosen(), this.labels)}.` : '';
    this.status.textContent = [neuron && `${neuron}.`, chosen].filter(Boolean).join(' ');
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.node) return; // the table below has keys of its own
    const action = keyAction(event.key, this.at, this.layers);
    if (!action) return;
    // The notebook has its own meaning for these keys.
    event.preventDefault();
    event.stopPropagation();
    if (action === 'release') {
      this.select();
      this.moveTo({ ...this.at, sample: -1 });
    } else if (action === 'choose') this.select(Math.max(0, this.at.sample));
    else {
      this.moveTo(action);
      if (this.selection) this.select(action.sample);
    }
  }
}

function sum(count: number, of: (index: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += of(i);
  return total;
}

function heading(layer: Layer): HTMLElement {
  const exans = sum(layer.samples, (m) => layer.exans(m).length);
  return element('h4', {}, [
    `${layer.name} `,
    element('span', {}, [`${layer.neurons} neurons, ${exans} fire for one sample only`]),
  ]);
}
