import type { Report } from '../report';
import { certificateLine } from '../reportText';
import { type Cell, capital, type Markup, markup, tableOf } from './markup';

/** Measured defences, each with its number and the command that remakes it. */
export function defences({ defences: { setting, command, columns, rows, remark } }: Report): Markup {
  const cells = rows.map((row) => row.map((cell, k): Cell => (k === 0 ? cell : { number: cell })));
  return markup`<section><h2>What would reduce exposure</h2>
<p>Measured with the attacks of this box, not on this update: ${setting}.</p>
${tableOf('What defences left to read', columns, cells, { wide: columns.length > 3 })}
<p>${remark}</p>
<p>The command that remakes these numbers:</p>
<pre>${command}</pre></section>`;
}

/** The certificate, and how each layer came out of it. */
export function certificate(report: Report): Markup {
  const { layers, verdict } = report.certificate;
  const rows = layers.map(({ layer, residual, tolerance }): Cell[] => [
    `layer ${layer}`,
    { number: residual.toExponential(1) },
    { number: tolerance.toExponential(1) },
  ]);
  const meaning =
    verdict === 'holds'
      ? 'Replayed through the network, the samples that were read give this update, row by row, to the noise of its arithmetic. The replay shares no code with the attack.'
      : 'A certificate holds when the samples that were read, replayed through the network, give this update to the noise of its arithmetic. Without one nothing is called exact.';
  return markup`<section><h2>Certificate</h2>
<p>${meaning}</p>
<p>${capital(certificateLine(report))}.</p>
${report.advice.map((line) => markup`<p>${capital(line)}.</p>`)}
${rows.length > 0 ? tableOf('What the replay leaves of each layer, relative to it', ['Layer', 'Left', 'Allowed'], rows) : null}</section>`;
}

/** What this page does not say. */
export function limits({ note, status, reason }: Report): Markup {
  return markup`<section><h2>Limits</h2>
<ul>
<li>${capital(note)}.</li>
<li>One update was looked at. Others of the same client, other seeds, and updates later in training give away other samples.</li>
<li>Estimates can be wrong. They are read without a replay of the update, and error bars are root mean squares, not bounds.</li>
<li>Files do not say how a client trained. What is taken for granted stands in the threat model above.</li>
<li>The status of the exact attacks, in their own words: ${status}. ${capital(reason)}.</li>
</ul></section>`;
}

/** Command, files and versions: enough to do it again. */
export function provenance({ provenance: made, backend, seconds }: Report): Markup | null {
  if (!made) return null;
  const rows = made.files.map(({ option, path, bytes, sha256 }): Cell[] => [
    option,
    path,
    { number: bytes.toLocaleString('en-US') },
    markup`<code>${sha256}</code>`,
  ]);
  return markup`<section><h2>How to do it again</h2>
<pre>${made.command}</pre>
${tableOf('Files that were read', ['Option', 'File', 'Bytes', 'SHA-256'], rows, { wide: true })}
<p>exan ${made.version}, ${made.created}; the exact attacks took ${seconds.toFixed(1)} s (${backend}).</p></section>`;
}
