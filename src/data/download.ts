import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { check, InputError } from '../check';
import type { Watch } from '../types';
import type { PublishedFile } from './about';

/**
 * Brings a published file to `path`, and checks it by its checksum: a file that is there and right is kept, one that was begun
 * (`path.part`) goes on where it ended, by HTTP ranges.
 *
 * @throws InputError when the server does not answer with it, its checksum differs, or the signal came
 */
export async function download(file: PublishedFile, path: string, watch: Watch = {}): Promise<'kept' | 'fetched'> {
  const { kind, value } = file.checksum;
  if (existsSync(path)) {
    const own = await checksumOf(path, kind);
    check(
      own === value,
      () => `download: ${path} is there with the ${kind} ${own}, expected ${value}; take it away to have it anew`,
    );
    return 'kept';
  }
  const part = `${path}.part`;
  await fetchRest(file.url, part, watch);
  const own = await checksumOf(part, kind);
  if (own !== value) rmSync(part, { force: true });
  check(
    own === value,
    () =>
      `download: ${file.url} has the ${kind} ${own}, expected ${value}: it was changed or damaged on its way, and is not kept`,
  );
  renameSync(part, path);
  return 'fetched';
}

async function fetchRest(url: string, part: string, { signal, onProgress }: Watch): Promise<void> {
  const begun = existsSync(part) ? statSync(part).size : 0;
  const response = await ask(url, begun, signal);
  // 416: there is no more, or less than was begun; which, the checksum tells
  if (response.status === 416 && begun > 0) return void (await response.body?.cancel());
  check(
    (response.status === 200 || response.status === 206) && response.body !== null,
    () =>
      `download: ${url} is answered with ${response.status} ${response.statusText}, expected the file; see whether it has moved`,
  );
  const resumed = response.status === 206;
  const whole = Number(response.headers.get('content-length') ?? Number.NaN) + (resumed ? begun : 0);
  let got = resumed ? begun : 0;
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  body.on('data', (chunk: Uint8Array) => {
    got += chunk.length;
    const of = whole > 0 ? ` of ${(whole / 1e6).toFixed(1)}` : '';
    onProgress?.(whole > 0 ? Math.min(1, got / whole) : 0, `${(got / 1e6).toFixed(1)}${of} MB, ${url}`);
  });
  try {
    await pipeline(body, createWriteStream(part, { flags: resumed ? 'a' : 'w' }), { signal });
  } catch (error) {
    throw new InputError(
      `download: ${url} ended after ${got} bytes (${(error as Error).message}); call again to go on from there`,
    );
  }
}

async function ask(url: string, begun: number, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch(url, {
      ...(begun > 0 && { headers: { range: `bytes=${begun}-` } }),
      ...(signal && { signal }),
    });
  } catch (error) {
    const { message, cause } = error as Error & { cause?: { message?: string } };
    throw new InputError(
      `download: ${url} cannot be reached (${cause?.message ?? message}); see whether there is a network`,
    );
  }
}

/** Of a file's bytes, read one after the other; `git` as git names a file of this content. */
async function checksumOf(path: string, kind: PublishedFile['checksum']['kind']): Promise<string> {
  const hash = createHash(kind === 'git' ? 'sha1' : kind);
  if (kind === 'git') hash.update(`blob ${statSync(path).size}\0`);
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
