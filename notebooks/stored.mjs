// What a stored notebook holds of a run: texts, tables and pictures that any viewer shows and that are the same in every run.
import { isProgress, joined } from './check.mjs';

/** Bytes of a notebook that is stored. */
const most = 1_000_000;
const kept = ['text/plain', 'text/html', 'image/png'];

/**
 * An executed cell's outputs as they are stored: no progress bars, no interactive forms, pictures as PNG, which every viewer shows.
 *
 * @param draw SVG to `{ png, width, height }`, the picture in base64 and its size on the page
 */
export async function storedOutputs(outputs, draw) {
  const shown = outputs.filter((output) => !isProgress(output));
  const stored = [];
  for (const output of shown) {
    if (output.data === undefined) stored.push(output);
    else stored.push({ data: {}, metadata: {}, ...output, ...(await storedBundle(output.data, draw)) });
  }
  return stored;
}

async function storedBundle(data, draw) {
  const text = { 'text/plain': lines(joined(data['text/plain'] ?? '')) };
  const svg = data['image/svg+xml'];
  if (svg !== undefined) {
    const { png, width, height } = await draw(joined(svg));
    const alt = joined(data['text/plain'] ?? '');
    return { data: { 'image/png': png, ...text }, metadata: { 'image/png': { alt, width, height } } };
  }
  const html = data['text/html'];
  return { data: { ...(html !== undefined && { 'text/html': lines(joined(html)) }), ...text }, metadata: {} };
}

/** As nbformat stores texts: a list of lines, each with its end. */
function lines(text) {
  return text.split(/(?<=\n)/);
}

/** What a stored notebook must not hold: another run or another machine would show something else there, or no viewer shows it. */
export function faultsOf(name, text) {
  const code = JSON.parse(text).cells.filter(({ cell_type }) => cell_type === 'code');
  const size = Buffer.byteLength(text);
  return [
    ...(size > most ? [`${name}: ${size} bytes, expected at most ${most}`] : []),
    ...(code.some(({ outputs }) => outputs.length > 0)
      ? []
      : [`${name}: no outputs; run node notebooks/store.mjs ${name}`]),
    ...code.flatMap(({ id, outputs }) => outputs.flatMap(outputFaults).map((fault) => `${name}, cell ${id}: ${fault}`)),
  ];
}

function outputFaults(output) {
  if (output.output_type === 'error') return [`an error, ${output.ename}`];
  if (output.name === 'stderr') return [`words on stderr: ${joined(output.text)}`];
  const { data = {} } = output;
  const odd = Object.keys(data).filter((mime) => !kept.includes(mime));
  const words = [output.text, data['text/plain'], data['text/html']].map((part) => joined(part ?? '')).join('\n');
  const path = /(^|[\s'"(,])(\/(tmp|home|root|work|Users|opt|mnt|var)\/\S*|[A-Z]:\\\S*)/.exec(words)?.[2];
  const time =
    /\b\d+(\.\d+)? ?(s|ms|seconds?|minutes?) (left|so far)\b|\btook\b|>seconds<|\bafter \d+(\.\d+)? s\b/.exec(
      words,
    )?.[0];
  return [
    ...odd.map((mime) => `an output as ${mime}, expected ${kept.join(', ')}`),
    ...(isProgress(output) ? ['a progress bar'] : []),
    ...(path === undefined ? [] : [`the path ${path}`]),
    ...(time === undefined ? [] : [`the time '${time}'`]),
  ];
}
