import { gemm, pack } from '../../math/gemm';
import { fromRows, norm, row } from '../../math/matrix';
import { workspace } from '../../math/wasm/instance';
import { blockRows, unroll } from '../../math/wasm/panelKernel';
import type { LossSubspace } from './lossSubspace';
import type { Candidate } from './polish';
import { type Projections, padded, projectionsFor } from './projections';
import type { Start } from './starts';

/** How much one search may cost and what it is given. */
export interface SearchBudget {
  /** steps of 8 starts side by side */
  readonly steps: number;
  /** steps after which a start that has not come to rest gives way to the next. @default 200 */
  readonly patience?: number;
  /** cosine above which a start counts as on its way to a known column */
  readonly alike: number;
  /** the head to search with, where it is not the space's own, and how far v may lie from u, relative. @default the space's, 0 */
  readonly guide?: { readonly space: LossSubspace; readonly slack: number };
}

/** Searches with one label; made once per subspace, since it keeps the projections of each label. */
export type Search = (
  label: number,
  next: () => Start,
  known: readonly Float64Array[],
  budget: SearchBudget,
) => Candidates;

/** What a search came to. */
export interface Candidates {
  /** where starts came to rest */
  readonly candidates: Candidate[];
  /** starts that were on their way to a known column when they were stopped */
  readonly repeats: number;
  readonly starts: number;
}

const lanes = 8;
const beta = 0.5;
const restful = 1e-3;
/** steps between two looks at how the starts are doing */
const period = 10;

/**
 * The difference map (Elser et al. 2007) on v = U q and u = W_Hᵀ g, 8 starts side by side in float32: projection A onto the
 * two affine subspaces, projection B per neuron onto v = 0 or v = u, or where the activation has a slope a onto v = a u or v = u, whichever
 * is nearer (method 4). A start that has come to rest leaves its lane to the next one, so no lane waits for the slowest.
 */
export function differenceMap(space: LossSubspace): Search {
  const arena = workspace();
  const kept = new Map<number, Projections>();
  const [n, r, k] = [padded(space.u.rows), padded(space.rank), padded(space.lossBasis.rows - 1)];
  const at = layout(n, r, k);
  arena.reserve(4 * at.end);
  let loaded = -1;
  const panel = (rows: number, inner: number, a: number, x: number, y: number): void =>
    arena.kernels.panelF32(4 * a, 4 * x, 4 * y, rows / blockRows, inner / unroll);
  return (label, next, known, { steps, patience = 200, alike, guide }) => {
    const projections = guide
      ? projectionsFor(guide.space, label)
      : recall(kept, label, () => projectionsFor(space, label));
    const memory = arena.f32(0, at.end);
    if (loaded !== label || guide) load(memory, at, projections);
    loaded = guide ? -1 : label;
    const { differenceMapBand, differenceMapSloped, differenceMapStep } = arena.kernels;
    const move = guide ? differenceMapBand : space.slopes ? differenceMapSloped : differenceMapStep;
    const last = space.slopes ? 4 * at.slopes : (guide?.slack ?? 0);
    loadKnown(memory.subarray(at.known, at.known + r * r), known.slice(0, space.rank), projections, r);
    const found: Candidate[] = [];
    let repeats = 0;
    let starts = 0;
    const ages = new Int32Array(lanes);
    const refill = (lane: number): void => {
      const start = next();
      starts++;
      ages[lane] = 0;
      start.v.forEach((x, j) => {
        memory[at.v + j * lanes + lane] = x * projections.scale[j];
        memory[at.u + j * lanes + lane] = start.u[j] * projections.scale[j];
      });
    };
    for (let lane = 0; lane < lanes; lane++) refill(lane);
    for (let step = 1; step <= steps; step++) {
      panel(r, n, at.qDown, at.v, at.rMiddle);
      panel(n, r, at.qUp, at.rMiddle, at.pv);
      if (k > 0) {
        panel(k, n, at.dDown, at.u, at.kMiddle);
        panel(n, k, at.dUp, at.kMiddle, at.pu);
      }
      move(4 * at.v, 4 * at.u, 4 * at.pv, 4 * at.pu, 4 * at.c, 4 * at.sums, n, beta, last);
      if (step % period !== 0) continue;
      if (known.length > 0) panel(padded(known.length), r, at.known, at.rMiddle, at.cosines);
      for (let lane = 0; lane < lanes; lane++) {
        ages[lane] += period;
        const gap = memory[at.sums + lane];
        const size = memory[at.sums + lanes + lane];
        const collapsed = !(size > 1e-6 * projections.size);
        const where = { lane: at.rMiddle + lane, r, cosines: at.cosines + lane, known: known.length };
        const repeated = !collapsed && familiar(memory, where, alike);
        if (!collapsed && !repeated && !(gap < restful * size) && ages[lane] < patience) continue;
        if (repeated) repeats++;
        else if (!collapsed) found.push(resting(space, projections, memory, [at.pv + lane, at.pu + lane]));
        if (step < steps) refill(lane);
      }
    }
    return { candidates: found, repeats, starts };
  };
}

/** Whether a lane (r numbers in the label's own basis) is nearly parallel to a known column, from their products. */
function familiar(
  memory: Float32Array,
  { lane, r, cosines, known }: { lane: number; r: number; cosines: number; known: number },
  alike: number,
): boolean {
  let square = 0;
  for (let k = 0; k < r; k++) square += memory[lane + k * lanes] ** 2;
  const limit = alike * alike * square;
  for (let i = 0; i < known; i++) if (memory[cosines + i * lanes] ** 2 > limit) return true;
  return false;
}

/** q of U q = P_A v, in unit length, and P_A u to the same scale. */
function resting(
  { ut, u }: LossSubspace,
  { scale, c }: Projections,
  memory: Float32Array,
  [atV, atU]: readonly [number, number],
): Candidate {
  const q = new Float64Array(u.columns);
  const v = scale.map((s, j) => memory[atV + j * lanes] / s);
  let square = 0;
  for (let k = 0; k < q.length; k++) {
    const x = row(ut, k);
    let sum = 0;
    for (let j = 0; j < v.length; j++) sum += x[j] * v[j];
    q[k] = sum;
    square += sum * sum;
  }
  const size = Math.sqrt(square);
  return { q: q.map((x) => x / size), u: scale.map((s, j) => (memory[atU + j * lanes] + c[j]) / s / size) };
}

type Layout = ReturnType<typeof layout>;

/** Where everything lies, in float32 numbers. */
function layout(n: number, r: number, k: number) {
  let end = 0;
  const take = (length: number): number => {
    const start = end;
    end += Math.ceil(length / 16) * 16;
    return start;
  };
  const places = {
    ...{ qDown: take(r * n), qUp: take(r * n), dDown: take(k * n), dUp: take(k * n), c: take(n), slopes: take(2 * n) },
    ...{ v: take(n * lanes), u: take(n * lanes), pv: take(n * lanes), pu: take(n * lanes) },
    ...{ rMiddle: take(r * lanes), kMiddle: take(k * lanes), sums: take(2 * lanes) },
    ...{ known: take(r * r), cosines: take(r * lanes) },
  };
  return { ...places, end };
}

function load(memory: Float32Array, at: Layout, { q, d, c, slopes }: Projections): void {
  memory.fill(0);
  memory.set(q.down, at.qDown);
  memory.set(q.up, at.qUp);
  memory.set(d.down, at.dDown);
  memory.set(d.up, at.dUp);
  memory.set(c, at.c);
  memory.set(slopes, at.slopes);
}

/** Known columns as unit vectors in the label's basis, so that one product tells the cosine of each with every lane. */
function loadKnown(target: Float32Array, known: readonly Float64Array[], { basis }: Projections, r: number): void {
  if (known.length === 0) return;
  const all = gemm(fromRows(known), basis, { b: true });
  for (let i = 0; i < all.rows; i++) {
    const c = row(all, i);
    c.set(c.map((x) => x / norm(c)));
  }
  pack(target, all, false, { rows: all.rows, inner: all.columns, depth: r, block: blockRows });
}

function recall<T>(kept: Map<number, T>, key: number, make: () => T): T {
  const value = kept.get(key) ?? make();
  kept.delete(key);
  kept.set(key, value); // the most recent last
  if (kept.size > 16) kept.delete(kept.keys().next().value as number);
  return value;
}
