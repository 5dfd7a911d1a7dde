// The pages around the lessons: head, navigation, threat model. What a lesson itself says is in lessons/NAME.html.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { write } from './write.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** The lessons in their order. */
export const lessons = [
  {
    name: 'remembers',
    title: 'A gradient remembers',
    about: 'One row of a shared gradient is a digit, pixel by pixel. Press attack and get all of them.',
  },
  {
    name: 'exclusive',
    title: 'Exclusive neurons',
    about: 'Why it works, and how it ends as the batch grows and the network narrows.',
  },
  {
    name: 'beyond',
    title: 'Beyond the boundary',
    about: 'A batch almost without exclusive neurons is no safe batch: pattern pursuit goes on.',
  },
  {
    name: 'defences',
    title: 'Defences',
    about: 'Noise, pruning, masking: what is left to read, how well, and at which strength.',
  },
];

/** Scripts and styles of this folder only; no connection to anywhere. */
const policy = [
  "default-src 'none'",
  "script-src 'self' file: 'wasm-unsafe-eval'",
  'worker-src blob:',
  "style-src 'self' file: 'unsafe-inline'",
  'img-src data:',
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const threatModel = `<aside aria-labelledby="threat">
<p id="threat"><strong>Threat model.</strong> The attacker is a server that follows the protocol and is curious. It knows the network and one averaged
gradient; not the digits, their labels or their number. This page plays both sides: it keeps the batch to compare with, the attack gets
network and gradient only.</p>
<p><strong>“Not recovered” is not “safe”.</strong> It says that these attacks ended there; others may go further.</p>
<p><strong>Nothing leaves this page.</strong> It makes no request, and its own policy forbids any. All of it is computed here, on real
handwritten digits (MNIST) that came with the page.</p>
</aside>`;

function page({ name, title, body, around = '', gallery }) {
  const last = gallery ? [{ name: 'gallery', title: 'Figures' }] : [];
  const tabs = [{ name: 'index', title: 'Start' }, ...lessons, ...last].map(
    (l, k) =>
      `<li><a href="${l.name}.html"${l.name === name ? ' aria-current="page"' : ''}>${k > 0 && k <= lessons.length ? `${k} ` : ''}${l.title}</a></li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title} – exan</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="site.css">
</head>
<body data-lesson="${name}">
<header><nav aria-label="Lessons"><ol>
${tabs.join('\n')}
</ol></nav></header>
<main>
<h1>${title}</h1>
<noscript><p><strong>This page computes everything itself, so it needs JavaScript.</strong></p></noscript>
<p id="failed" role="alert"></p>
${body}
${around}
${threatModel}
</main>
<footer><p>exan, a TypeScript toolkit for research and defence. The attack here is the library’s own, in a Web Worker.</p></footer>
${lessons.some((l) => l.name === name) ? '<script src="library.js"></script>\n<script src="site.js"></script>\n' : ''}</body>
</html>
`;
}

const recovered = readFileSync(join(here, '..', 'docs', 'recovered.svg'), 'utf8');

const start = `<p class="lead">In federated learning a client keeps its data and shares only gradients. What can be read back of the data? These lessons let you
watch it: pick a batch of real digits, share its averaged gradient, press attack, and see what comes back, with proof.</p>
<figure class="figure">${recovered}<figcaption>Above, a batch of eight digits; below, what a server reads back of it from one averaged gradient.</figcaption></figure>
<ol class="cards">
${lessons.map(({ name, title, about }, k) => `<li><a href="${name}.html"><strong>${k + 1} ${title}</strong>${about}</a></li>`).join('\n')}
</ol>`;

const notebook = `<p>In cells of your own: <a href="lite/notebooks/index.html?path=gradient.ipynb">a notebook in the browser</a> (JupyterLite). It needs this folder to be
served, for example by <code>python3 -m http.server</code>; nothing leaves the browser there either.</p>`;

function wayOn(k) {
  const to = (lesson, words) => (lesson ? `<a href="${lesson.name}.html">${words(lesson.title)}</a>` : '<span></span>');
  return `<p class="next">${to(lessons[k - 1], (t) => `← ${t}`)}${to(lessons[k + 1], (t) => `${t} →`)}</p>`;
}

const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** Every figure that `exan figure all` wrote, with its files. */
function figures(out) {
  const all = JSON.parse(readFileSync(join(out, 'figures', 'index.json'), 'utf8'));
  const each = all.map(({ name, about, command, files }) => {
    const svg = readFileSync(join(out, 'figures', `${name}.svg`), 'utf8');
    const links = files.map((file) => `<a href="figures/${file}">${file.split('.')[1].toUpperCase()}</a>`);
    return `<section aria-labelledby="${name}"><h2 id="${name}">${name}</h2>
<p>${escaped(about)}</p>
<div class="figure">${svg}</div>
<p class="files">${links.join(' ')} <code>${escaped(command)}</code></p></section>`;
  });
  return `<p class="lead">Every figure of the library, made small from the same digits by <code>npx exan figure all</code>: as a page, as SVG and PNG, and its
numbers as CSV.</p>\n${each.join('\n')}`;
}

/** Writes all pages; returns how many. */
export function writePages(out, { gallery, lite }) {
  const body = lite ? `${start}\n${notebook}` : start;
  write(out, 'index.html', page({ name: 'index', title: 'What a gradient gives away', body, gallery }));
  if (gallery) write(out, 'gallery.html', page({ name: 'gallery', title: 'Figures', body: figures(out), gallery }));
  lessons.forEach(({ name, title }, k) => {
    const body = readFileSync(join(here, 'lessons', `${name}.html`), 'utf8');
    write(out, `${name}.html`, page({ name, title, body, around: wayOn(k), gallery }));
  });
  return lessons.length + (gallery ? 2 : 1);
}
