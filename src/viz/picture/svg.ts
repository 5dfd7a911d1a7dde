/** What no XML may hold, escaped or not: control characters and halves of characters. */
const forbidden = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Text as it may stand in SVG, between tags and in attributes. */
function escapeXml(words: string): string {
  return words.replace(forbidden, '\ufffd').replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Coordinates to a hundredth of a pixel. */
function written(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 100) / 100) : escapeXml(value);
}

/** Attributes of an element; undefined ones are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Attributes as they stand in a tag, each behind a space. */
export function inTag(attributes: Attributes): string {
  return Object.entries(attributes)
    .flatMap(([key, v]) => (v === undefined ? [] : [` ${key}="${written(v)}"`]))
    .join('');
}

/** An element without content. */
export function element(name: string, attributes: Attributes): string {
  return `<${name}${inTag(attributes)}/>`;
}

/** A line of text. */
export function text(words: string, attributes: Attributes): string {
  return `${element('text', attributes).slice(0, -2)}>${escapeXml(words)}</text>`;
}

/** About how wide a line of text is in pixels: there is no browser to ask. */
export function textWidth(words: string): number {
  return 6.5 * words.length;
}
