import { check, InputError } from '../check';
import { type ByteStream, withStream } from './byteStream';
import { eachMember } from './tar';

/** Longest record that is read: beyond it a quote that is never closed would fill the memory. */
const LONGEST = 2 ** 24;

/**
 * Goes through the records of a text file with separated values, packed by gzip or in a tar archive or not: quotes as in RFC 4180,
 * empty lines left out.
 *
 * @param separator one character. @default the most frequent of comma, semicolon and tab in the first line
 * @param use called with the cells of each record; returns false to end early
 * @throws InputError when the file cannot be read, is not UTF-8, or has an open quote or a record of over 16 MB
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export async function eachRecord(
  caller: string,
  path: string,
  { separator, member = /./ }: RecordOptions,
  use: (cells: string[], record: number) => boolean,
): Promise<void> {
  const source = `${caller}: ${path}`;
  if (!/\.(tgz|tar|tar\.gz)$/.test(path))
    return withStream(caller, path, (stream) => recordsOf(source, stream, separator, use));
  let found = false;
  await eachMember(caller, path, async ({ name }, bytes) => {
    if (!member.test(name)) return true;
    found = true;
    await recordsOf(`${source}: ${name}`, bytes, separator, use);
    return false;
  });
  check(found, () => `${source} has no file ${member.source} in it, expected one`);
}

/** Options of {@link eachRecord}. */
export interface RecordOptions {
  readonly separator?: string;
  /** which file of an archive. @default the first */
  readonly member?: RegExp;
}

async function recordsOf(
  source: string,
  stream: ByteStream,
  separator: string | undefined,
  use: (cells: string[], record: number) => boolean,
): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes: Buffer | null): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw new InputError(`${source} is not a text in UTF-8, expected one; save it as such`);
    }
  };
  let [text, record, own] = ['', 0, separator];
  /** Handles whole records; returns false when the reader has had enough. */
  const go = (last: boolean): boolean => {
    let from = 0;
    for (let end = endOfRecord(text, from, last); end >= 0; end = endOfRecord(text, from, last)) {
      const line = text.slice(from, end).replace(/\r$/, '');
      from = end + 1;
      if (line === '') continue;
      own ??= separatorOf(line);
      if (!use(cellsOf(line, own), record++)) return false;
    }
    text = text.slice(from);
    check(
      text.length <= LONGEST && !(last && text !== ''),
      () =>
        `${source}: record ${record} ${last ? 'has a quote that is never closed' : 'is longer than 16 MB (an open quote?)'}`,
    );
    return true;
  };
  for (let bytes = await stream.some(); bytes; bytes = await stream.some()) {
    text += decode(bytes);
    if (!go(false)) return;
  }
  text += decode(null);
  go(true);
}

/** Where the record ends that starts at `from`: at a line feed outside quotes, or at the end of the text if that is the last; else -1. */
function endOfRecord(text: string, from: number, last: boolean): number {
  if (from >= text.length) return -1;
  let end = text.indexOf('\n', from);
  let quotes = 0;
  for (let at = from; ; at = end + 1, end = text.indexOf('\n', at)) {
    const stop = end < 0 ? text.length : end;
    for (let q = text.indexOf('"', at); q >= 0 && q < stop; q = text.indexOf('"', q + 1)) quotes++;
    if (quotes % 2 === 0) return end >= 0 ? end : last ? text.length : -1;
    if (end < 0) return -1;
  }
}

function cellsOf(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator).map((cell) => cell.trim());
  const cells: string[] = [];
  let [cell, quoted] = ['', false];
  for (let k = 0; k < line.length; k++) {
    const c = line[k] as string;
    if (c === '"' && quoted && line[k + 1] === '"') {
      cell += '"';
      k++;
    } else if (c === '"') quoted = !quoted;
    else if (c === separator && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else cell += c;
  }
  return [...cells, cell.trim()];
}

function separatorOf(line: string): string {
  const counted = [',', ';', '\t'].map((c) => line.split(c).length);
  return [',', ';', '\t'][counted.indexOf(Math.max(...counted))] as string;
}
