/** What changes on a dark page: paper, ink, grid and notes; cells and traces keep their colours. */
const style = [
  'svg{fill:#e6edf3}',
  'svg>rect[fill="#fff"]{fill:#0d1117}',
  '[stroke="#e5e5e5"]{stroke:#30363d}',
  'text[fill="#a00"]{fill:#ffb3ad}',
].join('');

/** A static picture that is dark where its reader's pages are; a notebook's are not known, so there it stays light. */
export function darkToo(svg: string): string {
  return svg.replace(/^<svg [^>]*>/, (tag) => `${tag}\n<style>@media (prefers-color-scheme:dark){${style}}</style>`);
}
