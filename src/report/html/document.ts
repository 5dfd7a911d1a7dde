import { type Markup, markup } from './markup';
import { style } from './style';

/** A page that needs nothing else: no script, no font, no network, which its own policy forbids. */
export function document(title: string, { html }: Markup): string {
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
  const head = markup`<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>`.html;
  return `<!doctype html>\n<html lang="en">\n<head>\n${head}\n<style>${style}</style>\n</head>\n<body>\n${html}\n</body>\n</html>\n`;
}
