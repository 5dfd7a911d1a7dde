import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { PublishedFile } from '../../src/data/about';
import { download } from '../../src/data/download';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const content = Buffer.from(Array.from({ length: 300_000 }, (_, k) => (k * k) % 251));
const md5 = createHash('md5').update(content).digest('hex');
const asked: (string | undefined)[] = [];
let server: Server;
let base = '';
let cut = Number.POSITIVE_INFINITY;

before(async () => {
  server = createServer((request, response) => {
    asked.push(request.headers.range);
    if (request.url === '/absent') return void response.writeHead(404).end();
    const from = request.url === '/whole' ? 0 : Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from >= content.length) return void response.writeHead(416).end();
    const rest = content.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length });
    response.write(rest.subarray(0, cut), () =>
      cut < rest.length ? setTimeout(() => response.destroy(), 200) : response.end(),
    );
  });
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready);
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());
const file = (url: string, value = md5, kind: PublishedFile['checksum']['kind'] = 'md5'): PublishedFile => ({
  name: 'set',
  url: `${base}/${url}`,
  checksum: { kind, value },
});

test('download fetches a file once, and keeps one that is there and right', async () => {
  const notes: number[] = [];
  assert.equal(await download(file('set'), at('set'), { onProgress: (fraction) => notes.push(fraction) }), 'fetched');
  assert.deepEqual(readFileSync(at('set')), content);
  assert.equal(notes.at(-1), 1);
  assert.equal(existsSync(at('set.part')), false);
  const before = asked.length;
  assert.equal(await download(file('set'), at('set')), 'kept');
  assert.equal(asked.length, before);
});
test('download goes on where it was cut off, and asks a server that knows no ranges for all of it', async () => {
  for (const url of ['set', 'whole']) {
    const path = at(`cut-${url}`);
    cut = 100_000;
    await assert.rejects(download(file(url), path), /ended after \d+ bytes .*call again to go on from there/);
    cut = Number.POSITIVE_INFINITY;
    const begun = readFileSync(`${path}.part`).length;
    assert.ok(begun > 0 && begun <= 100_000);
    assert.equal(await download(file(url), path), 'fetched');
    assert.equal(asked.at(-1), `bytes=${begun}-`);
    assert.deepEqual(readFileSync(path), content);
  }
  writeFileSync(at('all.part'), content); // stopped between the last byte and the check
  assert.equal(await download(file('set'), at('all')), 'fetched');
});
test('download checks by md5, sha256 or the id that git gives, and keeps nothing that differs', async () => {
  const sha = createHash('sha256').update(content).digest('hex');
  const git = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  assert.equal(await download(file('set', sha, 'sha256'), at('sha')), 'fetched');
  assert.equal(await download(file('set', git, 'git'), at('git')), 'fetched');
  await assert.rejects(
    download(file('set', 'f'.repeat(32)), at('wrong')),
    /expected f+: it was changed or damaged on its way, and is not kept/,
  );
  assert.deepEqual([existsSync(at('wrong')), existsSync(at('wrong.part'))], [false, false]);
  writeFileSync(at('mine'), 'something else');
  await assert.rejects(download(file('set'), at('mine')), /is there with the md5 .*take it away to have it anew/);
  assert.equal(readFileSync(at('mine'), 'utf8'), 'something else');
});
test('download names the address that does not answer, and a signal ends it', async () => {
  await assert.rejects(download(file('absent'), at('absent')), {
    name: 'InputError',
    message: /absent is answered with 404/,
  });
  const closed = { ...file('x'), url: 'http://127.0.0.1:1/x' };
  await assert.rejects(download(closed, at('closed')), { name: 'InputError', message: /cannot be reached/ });
  const stop = new AbortController();
  stop.abort();
  await assert.rejects(download(file('set'), at('stopped'), { signal: stop.signal }), { name: 'InputError' });
});
