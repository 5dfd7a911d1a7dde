import { element } from './element';
import type { Layer } from './exclusivityData';
import { sampleName } from './words';

/** The text alternative: how many ExANs each sample has in each layer. */
export function countsTable(layers: readonly Layer[], labels?: readonly number[]): HTMLElement {
  const samples = layers[0]?.samples ?? 0;
  const head = element('tr', {}, [
    element('th', { scope: 'col' }, ['sample']),
    ...layers.map(({ name }) => element('th', { scope: 'col' }, [name])),
  ]);
  const rows = Array.from({ length: samples }, (_, m) =>
    element('tr', {}, [
      element('th', { scope: 'row' }, [sampleName(m, labels)]),
      ...layers.map((layer) => element('td', {}, [String(layer.exans(m).length)])),
    ]),
  );
  const summary = element('summary', {}, ['ExANs per sample and layer, as a table']);
  summary.addEventListener('keydown', (event) => {
    // the notebook would edit its cell instead
    if (event.key === 'Enter' || event.key === ' ') event.stopPropagation();
  });
  return element('details', { class: 'exan-table' }, [
    summary,
    element('table', {}, [element('thead', {}, [head]), element('tbody', {}, rows)]),
  ]);
}
