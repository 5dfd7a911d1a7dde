// Reading a gradient of 100 MB: speed from the page cache and peak memory, each over the size of the file, in fresh processes.
// node test/bench/reading.mjs [--megabytes 100] [--runs 5]. Nothing else should run beside it.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { megabytes: { type: 'string', default: '100' }, runs: { type: 'string', default: '5' } },
});
const exan = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'exan-reading-'));
const sizes = { F16: 2, BF16: 2, F32: 4, F64: 8 };

/** A gradient of 4096-n-10 in a number format; every number finite and small. */
function written(dtype) {
  const width = Math.floor((Number(values.megabytes) * 1e6) / sizes[dtype] / 4107);
  const shapes = { '0.weight': [width, 4096], '0.bias': [width], '2.weight': [10, width], '2.bias': [10] };
  let at = 0;
  const header = Object.entries(shapes).map(([name, shape]) => {
    const bytes = shape.reduce((product, d) => product * d, sizes[dtype]);
    at += bytes;
    return [name, { dtype, shape, data_offsets: [at - bytes, at] }];
  });
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const path = join(folder, `${dtype}.safetensors`);
  const file = openSync(path, 'w');
  writeSync(file, Buffer.concat([length, json]));
  const block = Buffer.alloc(2 ** 20);
  for (let k = 0; k < block.length; k++) block[k] = k % sizes[dtype] === sizes[dtype] - 1 ? 0x3b : (k * 37) % 251;
  for (let left = at; left > 0; left -= block.length) writeSync(file, block, 0, Math.min(left, block.length));
  closeSync(file);
  return path;
}

/** Seconds of the second reading, and peak memory of the process in bytes, 0 readings for that of an idle one. */
function measured(path, readings) {
  const code = `
    const { readGradient } = require(${JSON.stringify(exan)});
    let seconds = 0;
    for (let k = 0; k < ${readings}; k++) {
      const start = performance.now();
      readGradient(${JSON.stringify(path)});
      seconds = (performance.now() - start) / 1e3;
    }
    console.log(JSON.stringify({ seconds, peak: process.resourceUsage().maxRSS * 1024 }));`;
  return JSON.parse(execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' }));
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
try {
  console.log('| format | file | MB/s | as float64 | peak over the file |\n| --- | --- | --- | --- | --- |');
  for (const dtype of Object.keys(sizes)) {
    const path = written(dtype);
    const { size } = statSync(path);
    measured(path, 1); // into the page cache
    const runs = Array.from({ length: Number(values.runs) }, () => measured(path, 1));
    const idle = measured(path, 0).peak;
    const speed = size / 1e6 / median(runs.map(({ seconds }) => seconds));
    const peak = (median(runs.map((run) => run.peak)) - idle) / size;
    const wide = `${((size * 8) / sizes[dtype] / 1e6).toFixed(0)} MB`;
    console.log(`| ${dtype} | ${(size / 1e6).toFixed(0)} MB | ${speed.toFixed(0)} | ${wide} | ${peak.toFixed(1)} |`);
    rmSync(path);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
