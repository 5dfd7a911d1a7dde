import { element } from './element';

/** Pixels that two numbers need to stand apart. */
const apart = 12;
const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** What stands beside a layer: the numbers of its samples, as many as there is room for, below the name of that axis. */
export function sampleAxis(samples: number, rowHeight: number): HTMLElement {
  const every = steps.find((step) => step * rowHeight >= apart) ?? samples;
  const numbers = Array.from({ length: Math.ceil(samples / every) }, (_, k) => {
    const number = element('span', {}, [String(k * every)]);
    number.style.top = `${(k * every + 0.5) * rowHeight}px`;
    return number;
  });
  return element('div', { class: 'exan-samples', 'aria-hidden': 'true' }, [element('b', {}, ['sample']), ...numbers]);
}

/** What stands below a layer: its first and its last neuron, and the name of the axis between them. */
export function neuronAxis(neurons: number): HTMLElement {
  const words = ['0', 'neuron', String(neurons - 1)].map((text) => element('span', {}, [text]));
  return element('div', { class: 'exan-neurons', 'aria-hidden': 'true' }, words);
}
