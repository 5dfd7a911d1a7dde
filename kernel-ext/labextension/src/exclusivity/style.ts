/** Styles of the map, in the theme's own variables so that they follow it. */
const css = `
.exan-map { font: var(--jp-ui-font-size1, 13px) var(--jp-ui-font-family, sans-serif); color: var(--jp-ui-font-color1, #222); padding: 4px 8px; outline: none; }
.exan-map:focus-visible { outline: 2px solid var(--jp-brand-color1, #1976d2); outline-offset: 2px; }
.exan-map h4 { margin: 8px 0 6px; font-weight: 600; }
.exan-map h4 span { font-weight: 400; color: var(--jp-ui-font-color2, #555); }
.exan-panel { display: grid; grid-template-columns: auto minmax(0, 1fr); }
.exan-samples { position: relative; width: 4.4em; color: var(--jp-ui-font-color2, #555); font-size: var(--jp-ui-font-size0, 11px); }
.exan-samples b { position: absolute; left: 0; top: 50%; font-weight: 400; writing-mode: vertical-rl; transform: translateY(-50%) rotate(180deg); }
.exan-samples span { position: absolute; right: 6px; transform: translateY(-50%); line-height: 1; }
.exan-neurons { grid-column: 2; display: flex; justify-content: space-between; color: var(--jp-ui-font-color2, #555); font-size: var(--jp-ui-font-size0, 11px); }
.exan-legend { display: flex; flex-wrap: wrap; gap: 2px 1.2em; margin: 0 0 4px; color: var(--jp-ui-font-color2, #555); }
.exan-layer { position: relative; border: 1px solid var(--jp-border-color2, #ccc); cursor: crosshair; user-select: none; }
.exan-layer canvas { display: block; width: 100%; height: 100%; image-rendering: pixelated; }
.exan-cursor { position: absolute; box-sizing: border-box; border: 2px solid var(--jp-brand-color1, #1976d2); pointer-events: none; display: none; }
.exan-status { min-height: 2.6em; margin: 6px 0 2px; }
.exan-help { margin: 0; color: var(--jp-ui-font-color2, #555); font-size: var(--jp-ui-font-size0, 11px); }
.exan-key { display: inline-block; width: .8em; height: .8em; margin: 0 .4em 0 0; vertical-align: -.05em; border: 1px solid var(--jp-border-color2, #ccc); }
.exan-table { overflow-x: auto; }
.exan-table summary:focus-visible { outline: 2px solid var(--jp-brand-color1, #1976d2); }
.exan-table table { border-collapse: collapse; margin: 4px 0; }
.exan-table th, .exan-table td { padding: 1px 10px; text-align: right; border-bottom: 1px solid var(--jp-border-color2, #ccc); }
.exan-complaint { color: var(--jp-error-color1, #b00020); }
`;

/** Adds the styles to the page, once. */
export function addStyle(): void {
  if (document.getElementById('exan-map-style')) return;
  const style = document.createElement('style');
  style.id = 'exan-map-style';
  style.textContent = css;
  document.head.append(style);
}
