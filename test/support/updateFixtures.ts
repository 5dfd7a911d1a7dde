import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBatch } from '../../src/data/batchFile';
import { readModel } from '../../src/model/modelFile';
import type { LocalTraining, ModelUpdate } from '../../src/types';

interface Entry extends LocalTraining {
  /** samples of each step */
  readonly order: readonly (readonly number[])[];
}

const folder = join(process.cwd(), 'test', 'fixtures');
const file = (name: string, part: string): string => join(folder, `${name}.${part}.safetensors`);
const entries = JSON.parse(readFileSync(join(folder, 'updates.json'), 'utf8')) as Record<string, Entry>;

/** Networks before and after some steps of PyTorch's SGD in float32, the batch, and the samples of each step. */
export const updateFixtures = Object.entries(entries).map(([name, { order, ...training }]) => ({
  name,
  order,
  batch: readBatch(file(name, 'batch')),
  update: {
    before: readModel(file(name, 'before')),
    after: readModel(file(name, 'after')),
    precision: 'float32',
    ...training,
  } as ModelUpdate,
}));
