/**
 * Text whose contrast to what is behind it is below 4.5 (WCAG AA), by the colours that the browser computes; text of an SVG with a colour of
 * its own stands on a cell or a bar, and is left out.
 */
export const faint = `(() => {
  const parse = (c) => (c.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const behind = (e) => { for (let at = e; at; at = at.parentElement) {
    const c = parse(getComputedStyle(at).backgroundColor); if ((c[3] ?? 1) > 0) return c; } return [255, 255, 255]; };
  return [...document.querySelectorAll('body *')].filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .filter((e) => !(e instanceof SVGElement && e.hasAttribute('fill')))
    .map((e) => { const ink = getComputedStyle(e)[e instanceof SVGElement ? 'fill' : 'color'];
      const [a, b] = [light(parse(ink)), light(behind(e))];
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.textContent.slice(0, 40)]; })
    .filter(([ratio]) => ratio < 4.5);
})()`;
