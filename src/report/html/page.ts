import type { Report } from '../report';
import { attacks, setup } from './attackSections';
import { document } from './document';
import { capital, type Markup, markup } from './markup';
import { type Shown, unjudged, whatWasRead } from './readSections';
import { certificate, defences, limits, provenance } from './restSections';

/** Words above the verdict, which no colour has to say. */
const tags: Readonly<Record<Report['level'], string>> = {
  proven: 'Exposed, with proof',
  read: 'Exposed, without proof',
  hints: 'Hints, nothing read',
  nothing: 'Nothing read',
};

/**
 * The report as one page that needs nothing else: no script, no font, no network, which its own policy forbids; every string in it is
 * escaped. At most 6 MB with 64 pictures.
 */
export function page(report: Report, shown: Shown): string {
  const { verdict, note, level } = report;
  const body = markup`<header>
<h1>exan audit: what one update gives away</h1>
<section class="verdict ${level}" aria-label="Verdict">
<p class="tag">${tags[level]}</p>
<p class="sentence">${verdict}</p>
</section>
<p class="note"><strong>“Not recovered” does not mean safe.</strong> ${capital(note)}.</p>
${figures(report)}
</header>
<main>
${whatWasRead(report, shown)}
${unjudged(report, shown)}
${attacks(report)}
${setup(report)}
${defences(report)}
${certificate(report)}
${limits(report)}
${provenance(report)}
</main>
<footer><p>Made by exan ${report.provenance?.version ?? ''}, for research and defence. Keep this page as you keep the data: it shows what was read of it.</p></footer>`;
  return document(`${verdict} – exan audit`, body);
}

/** What a reader asks first, in numbers. */
function figures({ counts, noise, certificate: proof }: Report): Markup {
  const figure = (name: string, value: string): Markup => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return markup`<dl class="figures">
${figure('Samples in the update', counts.samples === null ? 'not shown' : String(counts.samples))}
${figure('Read exactly, proven', String(counts.exact))}
${figure('Read within error bars', String(counts.approximate))}
${figure('Read as estimates', String(counts.estimates))}
${figure('Certificate', proof.layers.length === 0 ? 'none' : proof.verdict)}
${figure('Noise of the update', noise.toExponential(1))}
</dl>`;
}
