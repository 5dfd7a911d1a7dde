import type { Dataset } from '../data/dataset';
import type { ExclusivityState } from '../exclusivity/exclusivityState';
import type { Reconstruction } from '../reconstruction/result';
import type { AveragedGradient, Batch, ConvNet, Mlp, ModelUpdate } from '../types';
import type { Certificate } from '../verification/certificate/certify';
import type { Score } from '../verification/certificate/score';
import type { ConvExposure } from '../verification/identifiability/convExposure';
import type { Exposure } from '../verification/identifiability/exposure';
import type { UpdateExposure } from '../verification/identifiability/updateExposure';
import type { Figure } from '../viz/figure';

/** Values say what they are by what they have: none of them is of a class, so that all can be written as JSON. */
type Fields = Readonly<Record<string, unknown>>;

export function isPlain(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** As plotly takes it: with a layout, or without one where every trace says what it is. */
export function isFigure(value: Fields): value is Fields & Figure {
  if (!Array.isArray(value.data) || !value.data.every(isPlain)) return false;
  if (value.layout !== undefined) return isPlain(value.layout);
  return value.data.length > 0 && value.data.every(({ type }) => typeof type === 'string');
}

export function isBatch(value: Fields): value is Fields & Batch & Partial<Pick<Dataset, 'name' | 'classes'>> {
  return isPlain(value.inputs) && value.inputs.data instanceof Float64Array && value.labels instanceof Int32Array;
}

export function isState(value: Fields): value is Fields & ExclusivityState {
  return [value.patterns, value.exans, value.counts].every(Array.isArray);
}

export function isCertificate(value: Fields): value is Fields & Certificate {
  return 'verdict' in value && 'worstRow' in value && Array.isArray(value.layers);
}

export function isReconstruction(value: Fields): value is Fields & Reconstruction {
  return 'status' in value && 'batchSize' in value && Array.isArray(value.samples);
}

export function isScore(value: Fields): value is Fields & Score {
  return Array.isArray(value.pairs) && isPlain(value.mse) && 'labelAccuracy' in value && 'coverage' in value;
}

export function isExposure(value: Fields): value is Fields & (Exposure | UpdateExposure) {
  return Array.isArray(value.samples) && isPlain(value.counts) && ('jacobian' in value || 'flips' in value);
}

export function isConvExposure(value: Fields): value is Fields & ConvExposure {
  return Array.isArray(value.gates) && 'exposed' in value && 'stops' in value;
}

export function isMlp(value: unknown): value is Mlp {
  return isPlain(value) && [value.widths, value.dense, value.activations, value.layers].every(Array.isArray);
}

export function isConvNet(value: unknown): value is ConvNet {
  return isPlain(value) && Array.isArray(value.stack) && isMlp(value.head);
}

export function isGradient(value: Fields): value is Fields & AveragedGradient {
  return Array.isArray(value.gradients) && 'reduction' in value && 'precision' in value;
}

export function isUpdate(value: Fields): value is Fields & ModelUpdate {
  return isMlp(value.before) && isMlp(value.after) && 'precision' in value;
}
