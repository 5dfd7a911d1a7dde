import { isDark, onThemeChange } from '../theme';
import type { View } from '../view';
import { element } from './element';
import { complaint, decodeLayer, type ExclusivityData } from './exclusivityData';
import { ExclusivityMap } from './exclusivityMap';
import { addStyle } from './style';

/** An exclusivity map that keeps its selection when its data is updated or the theme changes. */
export function exclusivityView(node: HTMLElement): View {
  let map: ExclusivityMap | undefined;
  addStyle();
  const forget = onThemeChange(() => map?.paint(isDark()));
  return {
    render(data) {
      const wrong = complaint(data);
      if (wrong !== undefined) {
        node.replaceChildren(element('p', { class: 'exan-complaint' }, [`Exclusivity map: ${wrong}`]));
        return;
      }
      const { layers, labels } = data as ExclusivityData;
      const before = map?.selection;
      map = new ExclusivityMap(layers.map(decodeLayer), labels);
      if (before) map.select(before.from, before.to);
      map.paint(isDark());
      node.replaceChildren(map.node);
    },
    dispose: forget,
  };
}
