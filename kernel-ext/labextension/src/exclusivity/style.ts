/** Styles of the map, in the theme's own variables so that they follow it. */
const css = `
.exan-map { font: var(--jp-ui-font-size1, 13px) var(--jp-ui-font-family, sans-serif); color: var(--jp-ui-font-color1, #222); padding: 4px 8px; outline: none; }
.exan-map:focus-visible { outline: 2px solid var(--jp-brand-color1, #1976d2); outline-offset: 2px; }
.exan-map h4 { margin: 8px 0 2px; font-weight: 600; }
.exan-map h4 span { font-weight: 400; color: var(--jp-ui-font-color2, #555); }
.exan-layer { position: relative; border: 1px solid var(--jp-border-color2, #ccc); cursor: crosshair; user-select: none; }
.exan-layer canvas { display: block; width: 100%; height: 100%; image-rendering: pixelated; }
.exan-cursor { position: absolute; box-sizing: border-box; border: 2px solid var(--jp-brand-color1, #1976d2); pointer-events: none; display: none; }
.exan-status { min-height: 2.6em; margin: 6px 0 2px; }
.exan-help { margin: 0; color: var(--jp-ui-font-color2, #555); font-size: var(--jp-ui-font-size0, 11px); }
.exan-key { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 .8em; vertical-align: -.05em; border: 1px solid var(--jp-border-color2, #ccc); }
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
