import { captureGradient } from '../gradient/captureGradient';
import type { AveragedGradient, Batch, ConvNet, Mlp } from '../types';
import { composeBatch } from './composeBatch';
import { dpSgd } from './dpSgd';
import { dropout } from './dropout';
import { enlargeBatch } from './enlargeBatch';
import { exclusivityReduction } from './exclusivityReduction';
import { maskExclusiveRows } from './maskExclusiveRows';
import { maskFirstLayer } from './maskFirstLayer';
import { onlyMlp } from './onlyMlp';
import { prune } from './prune';
import { quantise, type Rounding } from './quantise';
import { withholdLayers } from './withholdLayers';

/** What a client does before it shares: change the batch, change what is shared of it, or neither. */
export interface Defence {
  readonly name: string;
  /** 0 changes nothing */
  readonly strength: number;
  /** the batch that the gradient is computed on. @default the batch itself */
  readonly prepare?: (model: Mlp | ConvNet, batch: Batch, seed: number) => Batch | Promise<Batch>;
  /** the gradient that is shared. @default the plain averaged gradient */
  readonly share?: (model: Mlp | ConvNet, batch: Batch, seed: number) => AveragedGradient;
  /** noise multiplier, when a privacy cost can be given */
  readonly noise?: number;
}

/** The defence that does nothing: the row to compare with. */
export const noDefence: Defence = { name: 'none', strength: 0 };

/**
 * The defences that people use and the paper's, by name, each at a strength.
 *
 * @example
 * defences.defence.prune(0.9).strength;  // => 0.9
 */
export const defence: {
  readonly prune: (fraction: number) => Defence;
  readonly quantise: (to: Rounding) => Defence;
  readonly maskFirstLayer: (fraction: number) => Defence;
  readonly withholdLayers: (layers: readonly number[]) => Defence;
  readonly maskExclusiveRows: (fraction: number) => Defence;
  readonly dpSgd: (noise: number, clip: number) => Defence;
  readonly dropout: (rate: number) => Defence;
  readonly largerBatch: (extra: number, pool: Batch) => Defence;
  readonly composeBatch: (swaps: number, pool: Batch) => Defence;
  readonly exclusivityReduction: (strength: number, bounds?: readonly [number, number]) => Defence;
} = {
  prune: (strength) => ({ name: 'prune', strength, share: (model, b) => prune(captureGradient(model, b), strength) }),
  quantise: (to) => ({
    name: `quantise ${to}`,
    strength: to === 'none' ? 0 : 1,
    share: (model, b) => quantise(captureGradient(model, b), to),
  }),
  maskFirstLayer: (strength) => ({
    name: 'mask first layer',
    strength,
    share: (model, b, seed) => maskFirstLayer(captureGradient(model, b), strength, seed),
  }),
  withholdLayers: (layers) => ({
    name: `withhold layers ${layers.join(' ')}`,
    strength: layers.length,
    share: (model, b) => withholdLayers(captureGradient(model, b), layers),
  }),
  maskExclusiveRows: (strength) => ({
    name: 'mask exclusive rows',
    strength,
    share: (model, b, seed) =>
      maskExclusiveRows(onlyMlp('maskExclusiveRows', model), b, captureGradient(model, b), strength, seed),
  }),
  dpSgd: (noise, clip) => ({
    name: `DP-SGD, clip ${clip}`,
    strength: noise,
    noise,
    share: (model, b, seed) => dpSgd(model, b, { clip, noise, seed }),
  }),
  dropout: (strength) => ({ name: 'dropout', strength, share: (model, b, seed) => dropout(model, b, strength, seed) }),
  largerBatch: (strength, pool) => ({
    name: 'larger batch',
    strength,
    prepare: (_, b, seed) => enlargeBatch(b, pool, strength, seed),
  }),
  composeBatch: (strength, pool) => ({
    name: 'batch composition',
    strength,
    prepare: (model, b, seed) => composeBatch(onlyMlp('composeBatch', model), b, pool, { swaps: strength, seed }).batch,
  }),
  exclusivityReduction: (strength, bounds) => ({
    name: 'input perturbation',
    strength,
    prepare: async (model, b, seed) =>
      (
        await exclusivityReduction(onlyMlp('exclusivityReduction', model), b, {
          strength,
          seed,
          ...(bounds && { bounds }),
        })
      ).batch,
  }),
};
