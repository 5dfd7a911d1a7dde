/** Rows of a table as blocks, each cell behind the head of its column. */
const blocks = (
  table: string,
): string => `  ${table} thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  ${[table, ...['caption', 'tbody', 'tr', 'th', 'td'].map((part) => `${table} ${part}`)].join(', ')} { display: block; width: 100%; }
  ${table} tr { border-bottom: 2px solid var(--line); padding: .4rem 0; }
  ${table} th, ${table} td { border: 0; padding: .12rem 0; }
  ${table} td::before { content: attr(data-head) ": "; color: var(--soft); }`;

/** The page's one style sheet: light and dark, narrow and wide, screen and paper. */
export const style: string = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #ffffff; --panel: #f6f8fa; --line: #d0d7de; --accent: #0a53a8;
  --proven: #a40e26; --provenback: #ffebe9; --read: #a40e26; --readback: #ffebe9; --hints: #7d4e00; --hintsback: #fff8c5; --nothing: #24292f; --nothingback: #eaeef2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b3; --paper: #0d1117; --panel: #161b22; --line: #30363d; --accent: #79b8ff;
  --proven: #ffb3ad; --provenback: #4a1316; --read: #ffb3ad; --readback: #4a1316; --hints: #f2cc60; --hintsback: #3a2d00; --nothing: #e6edf3; --nothingback: #21262d; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: break-word; }
main, header, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2rem; }
h1 { font-size: 1rem; font-weight: 600; letter-spacing: .02em; color: var(--soft); margin: 0 0 1rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.6rem 0 .6rem; padding-top: .6rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
p { margin: .5rem 0; max-width: 46rem; }
.verdict { border-left: .45rem solid; border-radius: .4rem; padding: 1.1rem 1.3rem; margin: 0; }
.verdict p { max-width: none; }
.verdict .sentence { font-size: 1.55rem; line-height: 1.3; font-weight: 650; margin: .15rem 0 0; }
.verdict .tag { font-size: .8rem; font-weight: 700; letter-spacing: .06em; text-transform: uppercase; margin: 0; }
.verdict.proven { color: var(--proven); background: var(--provenback); border-color: currentColor; }
.verdict.read { color: var(--read); background: var(--readback); border-color: currentColor; }
.verdict.hints { color: var(--hints); background: var(--hintsback); border-color: currentColor; }
.verdict.nothing { color: var(--nothing); background: var(--nothingback); border-color: currentColor; }
.note { border: 1px solid var(--line); border-radius: .4rem; padding: .7rem 1.3rem; margin: .8rem 0 0; max-width: none; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .6rem; margin: 1.1rem 0 0; padding: 0; }
.figures div { display: flex; flex-direction: column; justify-content: space-between; background: var(--panel); border: 1px solid var(--line); border-radius: .4rem; padding: .55rem .8rem; }
.figures dt { color: var(--soft); font-size: .82rem; }
.figures dd { margin: 0; font-size: 1.15rem; font-weight: 600; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); gap: 1rem .8rem; list-style: none; padding: 0; margin: 1rem 0; max-width: none; }
.pictures figure { margin: 0; }
.pictures img { display: block; width: 100%; height: auto; image-rendering: pixelated; border: 1px solid var(--line); border-radius: .25rem; background: #000; }
.pictures figcaption { font-size: .82rem; line-height: 1.35; margin-top: .25rem; }
.pictures figcaption span { color: var(--soft); display: block; }
table { border-collapse: collapse; width: 100%; margin: .8rem 0 1.2rem; font-size: .92rem; }
caption { text-align: left; color: var(--soft); font-size: .88rem; padding-bottom: .35rem; }
th, td { text-align: left; vertical-align: top; padding: .38rem .6rem; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { font-weight: 600; border-bottom-width: 2px; background: var(--panel); overflow-wrap: normal; }
tbody th { font-weight: 600; overflow-wrap: normal; }
.number { font-variant-numeric: tabular-nums; }
.yes, .no, .open { white-space: nowrap; }
.off th, .off td { color: var(--soft); }
ul { padding-left: 1.2rem; max-width: 46rem; }
.needs { list-style: none; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: .1rem .7rem; }
.word { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
td code { overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .88em; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: .4rem; padding: .7rem .9rem; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { color: var(--soft); font-size: .88rem; padding-top: 1.5rem; padding-bottom: 3rem; }
a { color: var(--accent); }
@media (max-width: 46rem) {
  main, header, footer { padding-left: 1rem; padding-right: 1rem; }
  .verdict .sentence { font-size: 1.25rem; }
${blocks('table.wide')}
}
@media (max-width: 34rem) {
${blocks('table')}
}
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --paper: #fff; --panel: #fff; --line: #bbb; --accent: #000;
    --proven: #8a0c20; --provenback: #fff; --read: #8a0c20; --readback: #fff; --hints: #6b4300; --hintsback: #fff; --nothing: #000; --nothingback: #fff; }
  body { font-size: 10.5pt; }
  main, header, footer { max-width: none; padding-left: 0; padding-right: 0; }
  h2, h3 { break-after: avoid; }
  figure, tr, .verdict, .figures div { break-inside: avoid; }
  .pictures { grid-template-columns: repeat(7, 1fr); }
  thead { display: table-header-group; }
}
`;
