import type { Axis, Trace } from '../figure';
import { valuesOf } from './marks';
import type { Reach, Value } from './scale';

/** What an axis must hold for all traces. */
export function reach(data: readonly Trace[], side: 'x' | 'y', axis: Axis): Reach {
  const each = data.map((trace) => reachOf(trace, side, axis));
  return { inside: each.flatMap((r) => r.inside), end: each.flatMap((r) => r.end) };
}

function reachOf(trace: Trace, side: 'x' | 'y', axis: Axis): Reach {
  const values = valuesOf(trace, side);
  const numbers = values.filter((v) => typeof v === 'number');
  if (trace.type === 'scatter' || numbers.length < values.length) return { inside: values, end: [] };
  if (trace.type !== 'bar') return { inside: named(axis, values), end: edges(numbers, 0.5) };
  if (side === 'x') return { inside: values, end: edges(numbers, 0.5) };
  // bars rise from zero, or else from the power of ten below all of them
  const least = numbers.filter((v) => v > 0).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return { inside: values, end: [axis.type === 'log' ? 10 ** Math.floor(Math.log10(least) - 1) : 0] };
}

/** Cells lie between their own edges: they take no air, but they do name a category. */
function named({ type }: Axis, values: readonly Value[]): readonly Value[] {
  return type === 'category' ? values : [];
}

function edges(values: readonly number[], half: number): number[] {
  return values.length === 0 ? [] : [Math.min(...values) - half, Math.max(...values) + half];
}
