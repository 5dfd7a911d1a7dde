import type { Dataset } from '../data/dataset';
import { type Defence, defence } from '../defences/defence';

/** The defences of method 8, each at the strengths that the literature uses. */
export function usualDefences(dataset: Dataset): Defence[] {
  const pixels = dataset.image !== undefined;
  return [
    defence.composeBatch(4, dataset.draw({ size: Math.min(64, dataset.labels.length), seed: 0 })), // each swap tries the whole pool
    ...(pixels ? [defence.exclusivityReduction(1, [0, 1])] : [defence.exclusivityReduction(1)]),
    defence.maskExclusiveRows(1),
    defence.largerBatch(24, dataset),
    defence.maskFirstLayer(0.5),
    defence.maskFirstLayer(1),
    defence.dropout(0.5),
    defence.prune(0.9),
    defence.prune(0.99),
    defence.quantise('fp16'),
    defence.quantise('int8'),
    defence.quantise('sign'),
    defence.dpSgd(0.01, 1),
    defence.dpSgd(0.1, 1),
    defence.dpSgd(1, 1),
  ];
}
