// Makes docs/recovered.svg, the picture in the README, from embedded digits: npm run build && node docs/picture.mjs [FILE]
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { captureGradient, data, mlp, reconstruct, recovered, viz } = createRequire(import.meta.url)('../dist/index.js');

const model = mlp({ widths: [784, 512, 10], seed: 7 });
const truth = (await data.mnist()).draw({ size: 8, seed: 4 });
const found = reconstruct(model, captureGradient(model, truth, { precision: 'float32' }));
const figure = viz.imageGrid({ truth, recovered: recovered(found) });
const file = process.argv[2] ?? new URL('recovered.svg', import.meta.url);
writeFileSync(file, `${viz.staticPicture(figure).data}\n`);
