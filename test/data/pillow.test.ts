import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { InputError } from '../../src/check';
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
test('the lines that convert a folder of JPEGs do, and leave it as it was', withPillow, async () => {
  runPython(
    [
      'import pathlib; from PIL import Image',
      'for k, name in enumerate(["a/1.jpg", "a/2.jpeg", "b/3.jpg"]):',
      '    pathlib.Path("jpegs", name).parent.mkdir(parents=True, exist_ok=True); Image.new("L", (4, 4), 100 * k).save(pathlib.Path("jpegs", name))',
    ],
    at('made'),
  );
  await assert.rejects(fromPictures(at('made/jpegs')), (error: InputError) => {
    runPython([...error.remedy], at('made'));
    return error instanceof InputError;
  });
  const set = await fromPictures(at('made/jpegs-png'));
  assert.deepEqual([[...set.labels], set.inputs.columns], [[0, 0, 1], 16]);
  assert.ok(Math.abs((set.inputs.data[47] as number) - 200 / 255) < 0.01);
});
