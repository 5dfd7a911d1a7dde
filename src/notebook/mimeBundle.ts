import { inspect } from 'node:util';
import type { ExclusivityState } from '../exclusivity/exclusivityState';
import { notSafe, type Reconstruction } from '../reconstruction/result';
import type { Batch } from '../types';
import type { Certificate } from '../verification/certificate/certify';
import { exanHeatmap } from '../viz/exanHeatmap';
import { exclusivityMap, exclusivityMime } from '../viz/exclusivityMap';
import type { Figure } from '../viz/figure';
import { imageGrid } from '../viz/imageGrid';
import { figureBundle } from './figureBundle';
import { formatValue } from './formatValue';
import { type Bundle, table } from './table';

/**
 * What a value looks like in a notebook: figures as plotly JSON with a static picture beside it, batches of pictures and
 * exclusivity states as their figures; certificates, reconstructions, rows and plain objects as tables; everything else
 * as text. A bundle is passed on as it is.
 */
export function mimeBundle(value: unknown): Bundle {
  if (isBundle(value)) return value;
  if (isFigure(value)) return figureBundle(value);
  if (isPictures(value)) return figureBundle(imageGrid({ batch: value }));
  if (isState(value)) return { [exclusivityMime]: exclusivityMap(value), ...figureBundle(exanHeatmap(value)) };
  if (isCertificate(value)) return certificateBundle(value);
  if (isReconstruction(value)) return reconstructionBundle(value);
  if (isRows(value)) return table(value);
  if (isPlain(value)) return table(Object.entries(value).map(([name, v]) => [name, v]));
  return { 'text/plain': typeof value === 'string' ? value : inspect(value, { depth: 4, maxArrayLength: 100 }) };
}

function certificateBundle({ verdict, residual, worstRow, layers }: Certificate): Bundle {
  const worst = `worst row at ${formatValue(worstRow)} standard deviations of the arithmetic (6 allowed)`;
  return table(layers, `certificate ${verdict}: residual ${formatValue(residual)}, ${worst}`);
}

function reconstructionBundle(found: Reconstruction): Bundle {
  const size = found.batchSize === null ? 'unknown batch size' : `${found.batchSize} samples`;
  const end = found.status === 'exact' ? '' : `; ${notSafe}`;
  const caption = `${found.status} by ${found.method}, ${size}, residual ${formatValue(found.residual)}: ${found.reason}${end}`;
  const rows = found.samples.map((s, sample) => ({
    sample,
    label: s.label,
    status: s.status,
    ExANs: s.exans,
    why: 'reason' in s ? s.reason : s.how,
  }));
  return table(rows, caption);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isBundle(value: unknown): value is Bundle {
  if (!isPlain(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => /^[a-z]+\/[\w.+-]+$/.test(key));
}

/** As plotly takes it: with a layout, or without one where every trace says what it is. */
function isFigure(value: unknown): value is Figure {
  if (!isPlain(value) || !Array.isArray(value.data) || !value.data.every(isPlain)) return false;
  if (value.layout !== undefined) return isPlain(value.layout);
  return value.data.length > 0 && value.data.every(({ type }) => typeof type === 'string');
}

function isPictures(value: unknown): value is Batch {
  return isPlain(value) && isPlain(value.inputs) && value.labels instanceof Int32Array && isPlain(value.image);
}

function isState(value: unknown): value is ExclusivityState {
  return isPlain(value) && [value.patterns, value.exans, value.counts].every(Array.isArray);
}

function isCertificate(value: unknown): value is Certificate {
  return isPlain(value) && 'verdict' in value && 'worstRow' in value && Array.isArray(value.layers);
}

function isReconstruction(value: unknown): value is Reconstruction {
  return isPlain(value) && 'status' in value && 'batchSize' in value && Array.isArray(value.samples);
}

function isRows(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.length > 0 && value.every(isPlain);
}
