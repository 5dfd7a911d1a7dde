/** The element of the page with this id; a lesson's page has all that its script asks for. */
export function element<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as Kind;
}

/** A slider, its number beside it. */
export function slider(
  id: string,
  changed: (value: number) => void,
  shown: (value: number) => string = String,
): { readonly value: () => number; readonly limit: (most: number) => void; readonly refresh: () => void } {
  const input = element<HTMLInputElement>(id);
  const output = element(`${id}-value`);
  const refresh = (): void => {
    const words = shown(input.valueAsNumber);
    output.textContent = words;
    input.setAttribute('aria-valuetext', words);
  };
  input.addEventListener('input', () => {
    refresh();
    changed(input.valueAsNumber);
  });
  refresh();
  return {
    value: () => input.valueAsNumber,
    limit(most) {
      input.max = String(most);
      refresh();
    },
    refresh,
  };
}

/** A button. */
export function button(id: string, pressed: () => void): HTMLButtonElement {
  const found = element<HTMLButtonElement>(id);
  found.addEventListener('click', pressed);
  return found;
}

/** Shows a figure of the library: SVG that it made itself, in which all text is escaped. */
export function show(id: string, svg: string | null): void {
  element(id).innerHTML = svg ?? '';
}

/** Says it, to those too who do not see the page. */
export function say(id: string, words: string): void {
  element(id).textContent = words;
}

/** Work of which only the newest order counts: while it is busy, later orders replace each other. */
export function latest<Order>(work: (order: Order) => Promise<void>): (order: Order) => Promise<void> {
  let next: { readonly order: Order } | undefined;
  let busy: Promise<void> | undefined;
  const all = async (): Promise<void> => {
    try {
      while (next) {
        const { order } = next;
        next = undefined;
        await work(order);
      }
    } finally {
      busy = undefined;
    }
  };
  return (order) => {
    next = { order };
    busy ??= all();
    return busy;
  };
}
