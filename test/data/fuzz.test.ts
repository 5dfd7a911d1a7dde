import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { encode } from 'jpeg-js';
import { InputError } from '../../src/check';
import { fromCifar, fromFile, fromIdx, gaussian, writeNpz } from '../../src/data';
import { readBatch, writeBatch } from '../../src/data/batchFile';
import { decodeJpeg } from '../../src/data/jpeg';
import { parseNpy } from '../../src/data/npz';
import { decodePng } from '../../src/data/png';
import { decodePnm } from '../../src/data/pnm';
import { captureGradient } from '../../src/gradient/captureGradient';
import { readGradient, writeGradient } from '../../src/gradient/gradientFile';
import { readUpdate } from '../../src/gradient/updateFile';
import { readConvNet } from '../../src/model/convNetFile';
import { mlp } from '../../src/model/mlp';
import { readModel, writeModel } from '../../src/model/modelFile';
import { png } from '../../src/viz/png';
import { tarOf } from '../support/tar';
import { temporaryFolder } from '../support/temporary';

// Each format's own files, made here, changed as a bad disk, a bad network or a bad person changes them: 18 x 700 in all. A reader
// answers or throws an InputError; anything else fails. FUZZ=n multiplies the runs.

const at = temporaryFolder();
const runs = 700 * Number(process.env.FUZZ ?? 1);
const fixture = (name: string) => readFileSync(join('test', 'fixtures', name));
const batch = gaussian({ size: 6, dimension: 8, classes: 3, seed: 1 });
const model = mlp({ widths: [8, 6, 3], seed: 1 });

/** One change, by place and extent as fractions of the file. */
type Change = readonly [kind: number, at: number, length: number, byte: number];
const changes = fc.array(fc.tuple(fc.nat(6), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(64), fc.nat(255)), {
  minLength: 1,
  maxLength: 4,
});
function changed(file: Buffer, [kind, where, length, byte]: Change): Buffer {
  const from = Math.min(file.length, Math.floor(where * (file.length + 1)));
  const [head, part, tail] = [file.subarray(0, from), file.subarray(from, from + length), file.subarray(from + length)];
  switch (kind) {
    case 0: // one byte
      return Buffer.concat([head, Buffer.of(byte), file.subarray(from + 1)]);
    case 1: // cut off
      return head;
    case 2: // a part is lost
      return Buffer.concat([head, tail]);
    case 3: // a part comes twice
      return Buffer.concat([head, part, part, tail]);
    case 4: // sizes and counts become huge, or zero
      return Buffer.concat([head, Buffer.alloc(part.length, byte % 2 === 0 ? 255 : 0), tail]);
    case 5: // digits become others: texts stay texts
      return Buffer.from(
        file.toString('latin1').replace(/\d/g, (d, k) => (k % 7 === byte % 7 ? String(length % 10) : d)),
        'latin1',
      );
    default: // something of another file
      return Buffer.concat([head, Buffer.from('PK\x05\x06\x93NUMPY{"\x89PNG'.slice(byte % 12)), tail]);
  }
}

/** Fails unless the reader answers or says what is wrong with its input. */
function fuzz(title: string, file: Buffer, name: string, read: (path: string) => unknown): void {
  test(`no changed file gets past ${title} as another error than an InputError`, async () => {
    const path = at(`fuzz-${name}`);
    writeFileSync(path, file);
    await read(path); // the file itself is read
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        writeFileSync(path, list.reduce(changed, file));
        try {
          await read(path);
        } catch (error) {
          assert.ok(error instanceof InputError, String((error as Error).stack));
          assert.ok(error.message.length < 5000, error.message);
          refused++;
        }
      }),
      { numRuns: runs, seed: 15 },
    );
    assert.ok(refused > runs / 20, `${refused} of ${runs} were refused`); // they do change something
  });
}

const made = (write: (path: string) => void): Buffer => {
  write(at('made'));
  return readFileSync(at('made'));
};
const gradient = captureGradient(model, batch);
fuzz(
  'readModel',
  made((path) => writeModel(path, model)),
  'model',
  (path) => readModel(path),
);
fuzz(
  'readGradient',
  made((path) => writeGradient(path, gradient)),
  'gradient',
  (path) => readGradient(path),
);
fuzz(
  'readBatch',
  made((path) => writeBatch(path, batch)),
  'batch',
  readBatch,
);
fuzz('readUpdate', fixture('update_steps.after.safetensors'), 'after', (after) =>
  readUpdate({ before: join('test', 'fixtures', 'update_steps.before.safetensors'), after }, { rate: 0.1, epochs: 5 }),
);
const weights = join('test', 'fixtures', 'normed.model.safetensors');
const architecture = join('test', 'fixtures', 'normed.architecture.json');
fuzz('the tensors of readConvNet', fixture('normed.model.safetensors'), 'conv', (path) =>
  readConvNet(path, architecture),
);
fuzz('the architecture of readConvNet', fixture('normed.architecture.json'), 'json', (path) =>
  readConvNet(weights, path),
);

const npz = made((path) => writeNpz(path, batch));
fuzz('fromNpz', npz, 'a.npz', (path) => fromFile(path));
// a zip archive has a checksum, which hides the array from most changes
const array = npz.subarray(npz.indexOf('\x93NUMPY', 0, 'latin1'), npz.indexOf('PK', 40, 'latin1'));
fuzz('parseNpy', array, 'a.npy', (path) => parseNpy(path, readFileSync(path)));
const idx = Buffer.concat([Buffer.of(0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 4), Buffer.alloc(48, 7)]);
writeFileSync(at('fuzz-labels-idx1-ubyte'), Buffer.of(0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2));
fuzz('fromIdx', idx, 'images-idx3-ubyte', (path) => fromFile(path));
fuzz('fromIdx, packed', gzipSync(idx), 'images-idx3-ubyte.gz', (path) => fromIdx(path, at('fuzz-labels-idx1-ubyte')));
const record = Buffer.alloc(3073, 9).fill(1, 0, 1);
fuzz('fromCifar', tarOf({ 'c/data_batch_1.bin': record, 'c/data_batch_2.bin': record }), 'cifar.tar', (path) =>
  fromCifar(path),
);
const table = 'age,sex,"a, b",label\n61,f,x,yes\n44,m,"say ""y""",no\n30,?,x,no\n';
fuzz('fromCsv', Buffer.from(table), 'table.csv', (path) => fromFile(path, { missing: 'fill' }));
fuzz('fromCsv, packed', gzipSync(table), 'table.csv.gz', (path) => fromFile(path, { missing: 'drop' }));
fuzz(
  'fromFeatures',
  tarOf({ 't/feats': Buffer.from('1,0\n0,1\n'), 't/labels': Buffer.from('1\n2\n') }),
  'texas.tar',
  (path) => fromFile(path),
);
const bytes = Uint8Array.from({ length: 48 }, (_, k) => k * 5);
fuzz('decodePng', Buffer.from(png({ height: 4, width: 4, channels: 3, bytes })), 'a.png', (path) =>
  decodePng(path, readFileSync(path)),
);
fuzz(
  'decodeJpeg',
  Buffer.from(encode({ width: 20, height: 12, data: Buffer.alloc(960, 'some colours') }, 80).data),
  'a.jpg',
  (path) => decodeJpeg(path, readFileSync(path)),
);
fuzz('decodePnm', Buffer.from(`P5 4 4 255 ${'x'.repeat(16)}`), 'a.pgm', (path) => decodePnm(path, readFileSync(path)));

test('a PNG of any header and any lines, its checksums right, is decoded to its size or refused', () => {
  const part = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const size = fc.oneof({ weight: 5, arbitrary: fc.nat(6) }, { weight: 1, arbitrary: fc.nat(2 ** 32 - 1) });
  const depth = fc.oneof(fc.constantFrom(1, 2, 4, 8, 16), fc.nat(255));
  const type = fc.oneof(fc.constantFrom(0, 2, 3, 4, 6), fc.nat(255));
  let [decoded, refused] = [0, 0];
  fc.assert(
    fc.property(
      size,
      size,
      depth,
      type,
      fc.uint8Array({ maxLength: 60 }),
      fc.boolean(),
      (width, height, bits, colour, bytes, fit) => {
        const head = Buffer.alloc(13);
        head.writeUInt32BE(width, 0);
        head.writeUInt32BE(height, 4);
        head.set([bits, colour], 8);
        const each = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colour] ?? 1;
        const length = Math.ceil((width * each * bits) / 8) + 1;
        // as many lines as the header says, of filters that there are
        const lines =
          fit && length * height < 5000
            ? Buffer.alloc(length * height, bytes.length > 0 ? bytes : 1)
            : Buffer.from(bytes);
        for (let k = 0; fit && k < lines.length; k += length) lines[k] = (lines[k] as number) % 5;
        const parts = [
          part('IHDR', head),
          part('PLTE', Buffer.from(bytes)),
          part('IDAT', deflateSync(lines)),
          part('IEND', Buffer.alloc(0)),
        ];
        try {
          const picture = decodePng('p', Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]));
          assert.equal(picture.data.length, width * height * picture.channels);
          decoded++;
        } catch (error) {
          assert.ok(error instanceof InputError, String((error as Error).stack));
          refused++;
        }
      },
    ),
    { numRuns: runs, seed: 15 },
  );
  assert.ok(decoded > runs / 20 && refused > runs / 20, `${decoded} decoded, ${refused} refused`);
});
