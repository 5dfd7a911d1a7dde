import { draw } from '../data/draw';
import { captureGradient } from '../gradient/captureGradient';
import { localUpdate } from '../gradient/localUpdate';
import type { AveragedGradient, Batch, ConvNet, Mlp, ModelUpdate } from '../types';
import { clipUpdate } from './clipUpdate';
import { composeBatch } from './composeBatch';
import { dpSgd } from './dpSgd';
import { dropout } from './dropout';
import { enlargeBatch } from './enlargeBatch';
import { exclusivityReduction } from './exclusivityReduction';
import { mapUpdate } from './mapUpdate';
import { maskExclusiveRows } from './maskExclusiveRows';
import { maskFirstLayer } from './maskFirstLayer';
import { onlyMlp } from './onlyMlp';
import { prune } from './prune';
import { quantise, type Rounding } from './quantise';
import { serverMomentum } from './serverMomentum';
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
  /** the update of several local steps that is shared; a defence that has `share` and not this takes gradients only. @default the plain update */
  readonly update?: (update: ModelUpdate, batch: Batch, seed: number) => ModelUpdate;
  /** clients that the batch is dealt out to: of several local steps only their mean update is shared. @default 1 */
  readonly clients?: number;
  /** noise multiplier, when a privacy cost can be given */
  readonly noise?: number;
}

/** Added to the seeds of other clients: a batch drawn from the same pool with the same seed would be the client's own. */
const others = 2 ** 32;

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
  readonly clipUpdate: (noise: number, clip: number) => Defence;
  readonly serverMomentum: (beta: number, pool: Batch) => Defence;
  readonly secureAggregation: (clients: number, pool: Batch) => Defence;
  readonly exclusivityReduction: (strength: number, bounds?: readonly [number, number]) => Defence;
} = {
  prune: (strength) => ({
    name: 'prune',
    strength,
    share: (model, b) => prune(captureGradient(model, b), strength),
    update: (update) => mapUpdate(update, (difference) => prune(difference, strength)),
  }),
  quantise: (to) => ({
    name: `quantise ${to}`,
    strength: to === 'none' ? 0 : 1,
    share: (model, b) => quantise(captureGradient(model, b), to),
    update: (update) => mapUpdate(update, (difference) => quantise(difference, to)),
  }),
  maskFirstLayer: (strength) => ({
    name: 'mask first layer',
    strength,
    share: (model, b, seed) => maskFirstLayer(captureGradient(model, b), strength, seed),
    update: (update, _, seed) => mapUpdate(update, (difference) => maskFirstLayer(difference, strength, seed)),
  }),
  withholdLayers: (layers) => ({
    name: `withhold layers ${layers.join(' ')}`,
    strength: layers.length,
    share: (model, b) => withholdLayers(captureGradient(model, b), layers),
    update: (update) => mapUpdate(update, (difference) => withholdLayers(difference, layers)),
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
  clipUpdate: (strength, clip) => ({
    name: `clip update to ${clip}`,
    strength,
    update: (update, _, seed) => clipUpdate(update, { clip, noise: strength, seed }),
  }),
  serverMomentum: (strength, pool) => ({
    name: 'server momentum',
    strength,
    update: (update, { labels }, seed) => {
      const last = draw(pool, { size: labels.length, seed: seed + others });
      const { before, after: _, ...training } = update;
      return serverMomentum(update, localUpdate(before, last, { ...training, seed }), strength);
    },
  }),
  secureAggregation: (clients, pool) => ({
    name: 'secure aggregation',
    strength: clients,
    clients,
    prepare: (_, b, seed) => enlargeBatch(b, pool, (clients - 1) * b.labels.length, seed + others),
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
