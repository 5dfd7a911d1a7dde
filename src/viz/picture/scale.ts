import type { Axis } from '../figure';
import { linearTicks, logTicks } from './ticks';

/** What lies along an axis: names, or numbers. */
export type Value = string | number;

/** What an axis must hold: values with some air around them, and values that may stand at its very end. */
export interface Reach {
  readonly inside: readonly Value[];
  readonly end: readonly number[];
}

/** From values to pixels. */
export interface Scale {
  /** NaN for what has no place on the axis, such as 0 on a logarithmic one */
  readonly at: (value: Value) => number;
  /** pixels a name has for itself; undefined along numbers */
  readonly band: number | undefined;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/** The scale of an axis from one pixel to another, both given for an axis that is not reversed. */
export function scale(axis: Axis, { inside, end }: Reach, [from, to]: readonly [number, number]): Scale {
  const [start, stop] = axis.autorange === 'reversed' ? [to, from] : [from, to];
  const named = axis.type === 'category' || inside.some((v) => typeof v === 'string');
  if (named) return categories([...new Set(inside.map(String))], start, stop);
  const log = axis.type === 'log';
  // null: what JSON makes of NaN
  const unit = (v: Value | null): number => (v === null ? Number.NaN : log ? Math.log10(Number(v)) : Number(v));
  const [low, high] = range(inside.map(unit), end.map(unit));
  const place = (u: number): number => start + ((u - low) / (high - low)) * (stop - start);
  const given = axis.tickvals?.map((value, i) => ({ value: unit(value), label: String(axis.ticktext?.[i] ?? value) }));
  const ticks = given ?? (log ? logTicks(low, high) : linearTicks(low, high));
  return {
    at: (v) => (Number.isFinite(unit(v)) ? place(unit(v)) : Number.NaN),
    band: undefined,
    ticks: ticks.flatMap(({ value, label }) => (low <= value && value <= high ? [{ at: place(value), label }] : [])),
  };
}

/** Smallest and largest, with a twentieth of the distance around those inside. */
function range(inside: readonly number[], end: readonly number[]): [number, number] {
  const [soft, hard] = [inside.filter(Number.isFinite), end.filter(Number.isFinite)];
  const all = [...soft, ...hard];
  if (all.length === 0) return [0, 1];
  const least = (values: readonly number[]): number =>
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = (values: readonly number[]): number => -least(values.map((v) => -v));
  const air = (most(all) - least(all)) / 20 || Math.abs(least(all)) / 2 || 0.5;
  const [low, high] = [Math.min(least(hard), least(soft) - air), Math.max(most(hard), most(soft) + air)];
  return low < high ? [low, high] : [low - air, high + air];
}

function categories(names: readonly string[], start: number, stop: number): Scale {
  const band = (stop - start) / names.length;
  const index = new Map(names.map((name, i) => [name, i]));
  const at = (v: Value): number => start + ((index.get(String(v)) ?? Number.NaN) + 0.5) * band;
  return { at, band: Math.abs(band), ticks: names.map((label) => ({ at: at(label), label })) };
}
