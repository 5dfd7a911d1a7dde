import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBatch } from '../../src/data/batchFile';
import { readGradient } from '../../src/gradient/gradientFile';
import { readModel } from '../../src/model/modelFile';
import type { Reduction } from '../../src/types';

interface Entry {
  readonly model: string;
  readonly reduction: Reduction;
  /** mean or sum over the batch, as PyTorch has it */
  readonly loss: number;
  /** 1 - p of the true class, of the most confident sample */
  readonly leastDoubt: number;
}

const folder = join(process.cwd(), 'test', 'fixtures');
const file = (name: string, part: string): string => join(folder, `${name}.${part}.safetensors`);
const entries = JSON.parse(readFileSync(join(folder, 'trained.json'), 'utf8')) as Record<string, Entry>;

/** Networks trained by PyTorch, a batch and the float32 gradient that it computed of it. */
export const trainedFixtures = Object.entries(entries).map(([name, entry]) => ({
  ...entry,
  name,
  model: readModel(file(entry.model, 'model')),
  batch: readBatch(file(name, 'batch')),
  gradient: readGradient(file(name, 'gradient'), { reduction: entry.reduction }),
}));
