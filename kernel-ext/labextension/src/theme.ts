/** True when JupyterLab shows a dark theme. */
export const isDark = (): boolean => document.body.dataset.jpThemeLight === 'false';

/** Calls back when the theme changes; returns the way to stop that. */
export function onThemeChange(callback: () => void): () => void {
  const observer = new MutationObserver(callback);
  observer.observe(document.body, { attributes: true, attributeFilter: ['data-jp-theme-light', 'data-jp-theme-name'] });
  return () => observer.disconnect();
}

/** A colour of the theme, by the name of its CSS variable. */
export function themeColour(name: string, otherwise: string): string {
  return getComputedStyle(document.body).getPropertyValue(name).trim() || otherwise;
}
