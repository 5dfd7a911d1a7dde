import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { InputError } from '../../src/check';
import { decodeJpeg } from '../../src/data/jpeg';
import { fromPictures } from '../../src/data/pictureFolder';
import { decodePng } from '../../src/data/png';
import { resized } from '../../src/data/resize';
import { lacks, runPython } from '../support/python';
import { temporaryFolder } from '../support/temporary';

// What Pillow, the usual library of Python, writes and computes.

const at = temporaryFolder();
const withPillow = { skip: lacks('PIL', 'numpy') };
mkdirSync(at('made'));

test('decodePng reads what Pillow writes, in every mode that it has', withPillow, () => {
  const said = runPython(
    [
      'import json, numpy; from PIL import Image',
      'r = numpy.random.default_rng(1)',
      'x = r.integers(0, 256, (13, 21, 4), dtype=numpy.uint8)',
      'x[:, :8] = numpy.arange(8, dtype=numpy.uint8)[None, :, None] * 9 + numpy.arange(13, dtype=numpy.uint8)[:, None, None]', // filters pay
      'rgb = Image.fromarray(x[..., :3], "RGB")',
      'made = {"L": rgb.convert("L"), "1": rgb.convert("1"), "RGB": rgb, "RGBA": Image.fromarray(x, "RGBA"), "LA": rgb.convert("LA"), "P": rgb.quantize(17), "P4": rgb.quantize(5)}',
      'for name, image in made.items(): image.save(name + ".png", optimize=name == "RGB")',
      'plain = lambda im: numpy.asarray(im.convert("RGB") if im.mode in ("P", "RGBA") else im.convert("L") if im.mode in ("1", "LA") else im)',
      'print(json.dumps({name: plain(Image.open(name + ".png")).ravel().tolist() for name in made}))',
    ],
    at('made'),
  );
  for (const [name, pixels] of Object.entries(JSON.parse(said) as Record<string, number[]>)) {
    const { data, width, height } = decodePng(name, readFileSync(at(`made/${name}.png`)));
    assert.deepEqual([width, height], [21, 13], name);
    assert.deepEqual([...data], pixels, name);
  }
});
test('resized gives what Pillow gives, to its rounding, when pictures shrink and when they grow', withPillow, () => {
  const said = runPython([
    'import json, numpy; from PIL import Image',
    'x = numpy.random.default_rng(2).random((17, 30)).astype(numpy.float32)',
    'image = Image.fromarray(x)',
    'sizes = [(7, 9), (28, 28), (64, 40), (30, 5)]',
    'out = [[w, h, numpy.asarray(image.resize((w, h), Image.BILINEAR)).ravel().tolist()] for w, h in sizes]',
    'print(json.dumps([x.ravel().tolist(), out]))',
  ]);
  const [data, out] = JSON.parse(said) as [number[], [number, number, number[]][]];
  for (const [width, height, expected] of out) {
    const own = resized({ data, width: 30, height: 17, channels: 1 }, width, height);
    expected.forEach((v, k) => {
      assert.ok(
        Math.abs((own.data[k] as number) - v) < 1e-5,
        `${width} x ${height} at ${k}: ${own.data[k]}, Pillow ${v}`,
      );
    });
  }
});
test('the lines that convert a folder of other pictures do, and leave it as it was', withPillow, async () => {
  runPython(
    [
      'import pathlib; from PIL import Image',
      'for k, name in enumerate(["a/1.tif", "a/2.tif", "b/3.tif"]):',
      '    pathlib.Path("tiffs", name).parent.mkdir(parents=True, exist_ok=True); Image.new("L", (4, 4), 100 * k).save(pathlib.Path("tiffs", name))',
    ],
    at('made'),
  );
  await assert.rejects(fromPictures(at('made/tiffs')), (error: InputError) => {
    runPython([...error.remedy], at('made'));
    return error instanceof InputError;
  });
  const set = await fromPictures(at('made/tiffs-png'));
  assert.deepEqual([[...set.labels], set.inputs.columns], [[0, 0, 1], 16]);
  assert.equal(set.inputs.data[47], 200 / 255);
});
test(
  'decodeJpeg gives what Pillow gives, to 3 of 255: colour and grey, baseline and progressive, with a note of the camera',
  withPillow,
  () => {
    const said = runPython(
      [
        'import json, numpy; from PIL import Image',
        'y, x = numpy.mgrid[0:37, 0:50] / 37',
        'smooth = numpy.stack([x, y, 0.5 + 0.5 * numpy.sin(5 * x * y)], -1)',
        'rgb = Image.fromarray((180 * numpy.clip(smooth, 0, 1.4) * 0.99).astype(numpy.uint8), "RGB")',
        'exif = Image.Exif(); exif[0x0112] = 6; exif[0x010e] = "turned, which is not followed " * 20',
        'kinds = {"full": dict(subsampling=0), "halved": dict(subsampling=2), "progressive": dict(progressive=True, subsampling=0), "fine": dict(quality=100, optimize=True, subsampling=1), "noted": dict(exif=exif, subsampling=0)}',
        'for name, how in kinds.items(): rgb.save(name + ".jpg", **{"quality": 92, **how})',
        'rgb.convert("L").save("grey.jpg", quality=92); rgb.convert("CMYK").save("ink.jpg")',
        'print(json.dumps({n: numpy.asarray(Image.open(n + ".jpg")).ravel().tolist() for n in [*kinds, "grey"]}))',
      ],
      at('made'),
    );
    for (const [name, pixels] of Object.entries(JSON.parse(said) as Record<string, number[]>)) {
      const { data, width, height, channels } = decodeJpeg(name, readFileSync(at(`made/${name}.jpg`)));
      assert.deepEqual([width, height, channels], [50, 37, name === 'grey' ? 1 : 3], name);
      assert.equal(data.length, pixels.length);
      const off = pixels.map((v, k) => Math.abs(v - (data[k] ?? 0)));
      // where colours have half the pixels Pillow draws ramps between them, this decoder steps
      const [most, mean] = name === 'halved' || name === 'fine' ? [60, 6] : [3, 1];
      const own = off.reduce((a, b) => a + b, 0) / off.length;
      assert.ok(Math.max(...off) <= most, `${name}: off by ${Math.max(...off)}`);
      assert.ok(own <= mean, `${name}: off by ${own} on average`);
    }
    assert.throws(
      () => decodeJpeg('ink', readFileSync(at('made/ink.jpg'))),
      /ink has 4 colour components, expected 1 \(grey\) or 3/,
    );
  },
);
