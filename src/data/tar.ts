import { check, shown } from '../check';
import { type ByteStream, withStream } from './byteStream';

/** A file in an archive, whose bytes come as a stream of their own. */
export interface TarMember {
  readonly name: string;
  readonly size: number;
}

const BLOCK = 512;

/**
 * Goes through the regular files of a tar archive, packed by gzip or not. Nothing is written anywhere, so names can do no harm.
 *
 * @param caller opens the messages
 * @param use called for each file; what it leaves unread is passed over. Returns false to end early
 * @throws InputError when the archive is damaged or truncated
 * @see https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export function eachMember(
  caller: string,
  path: string,
  use: (member: TarMember, bytes: ByteStream) => Promise<boolean>,
): Promise<void> {
  return withStream(caller, path, async (stream) => {
    for (;;) {
      const header = await stream.take(BLOCK, 'a header');
      if (header.every((byte) => byte === 0)) {
        await passEnd(stream, `${caller}: ${path}`);
        return;
      }
      const member = memberOf(`${caller}: ${path}`, header);
      const own = limited(stream, member.size, `${caller}: ${path}: ${shown(member.name)}`);
      const regular = header[156] === 0x30 || header[156] === 0;
      if (regular && !(await use(member, own.bytes))) return;
      for (let part = await own.bytes.some(); part; ) part = await own.bytes.some();
      await stream.take((BLOCK - (member.size % BLOCK)) % BLOCK, 'padding');
    }
  });
}

/** Archives are filled up with zeros; behind them gzip has its checksum. */
async function passEnd(stream: ByteStream, source: string): Promise<void> {
  let passed = 0;
  for (let part = await stream.some(); part; part = await stream.some()) {
    passed += part.length;
    check(passed <= 2 ** 20, () => `${source} has more than a megabyte behind its end (damaged?)`);
  }
}

/** True for what looks like one, by its first block. */
export function isTar(header: Buffer): boolean {
  return header.length >= BLOCK && checksum(header) === octal(header, 148, 8);
}

function memberOf(source: string, header: Buffer): TarMember {
  check(isTar(header), () => `${source} is not a tar archive, or damaged: the checksum of a header is wrong`);
  const text = (from: number, length: number): string =>
    header.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? text(345, 155) : '';
  const size = octal(header, 124, 12);
  check(Number.isSafeInteger(size) && size >= 0, () => `${source} has a member of unreadable size`);
  return { name: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`, size };
}

/** All bytes, those of the checksum as blanks. */
function checksum(header: Buffer): number {
  return header.subarray(0, BLOCK).reduce((sum, byte, k) => sum + (k >= 148 && k < 156 ? 32 : byte), 0);
}

function octal(header: Buffer, from: number, length: number): number {
  const digits = header
    .toString('latin1', from, from + length)
    .replace(/[\0 ]+$/, '')
    .trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

function limited(stream: ByteStream, size: number, source: string): { bytes: ByteStream } {
  let left = size;
  const some = async (count = Number.POSITIVE_INFINITY): Promise<Buffer | null> => {
    if (left === 0) return null;
    const part = await stream.some(Math.min(count, left));
    check(part !== null, () => `${source} ends ${left} bytes early (truncated?)`);
    left -= part.length;
    return part;
  };
  const take = async (count: number, what: string): Promise<Buffer> => {
    check(count <= left, () => `${source} ends after ${left} of ${count} bytes of ${what}`);
    left -= count;
    return stream.take(count, what);
  };
  return { bytes: { most: size, take, some } };
}
