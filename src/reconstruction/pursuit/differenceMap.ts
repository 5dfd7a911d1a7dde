import { gemm, pack } from '../../math/gemm';
import { dot, matrix, row, transpose } from '../../math/matrix';
import { orthonormalRows } from '../../math/orthonormalRows';
import { workspace } from '../../math/wasm/instance';
import { blockRows, unroll } from '../../math/wasm/panelKernel';
import type { DenseMatrix } from '../../types';
import { fullDeltas } from './fitLossVector';
import type { LossSubspace } from './lossSubspace';
import type { Start } from './starts';

/** Where a run of the difference map came to rest. */
export interface Candidate {
  /** unit vector */
  readonly q: Float64Array;
}

/** How much one search may cost and what it is given. */
export interface SearchBudget {
  /** steps of 8 starts side by side */
  readonly steps: number;
  /** steps after which a start that has not come to rest gives way to the next. @default 200 */
  readonly patience?: number;
  /** cosine above which a start counts as on its way to a known column. @default 0.95 */
  readonly alike?: number;
}

/** Searches with one label; made once per subspace, since it keeps the projections of each label. */
export type Search = (
  label: number,
  next: () => Start,
  known: readonly Float64Array[],
  budget: SearchBudget,
) => SearchResult;

/** What a search came to. */
export interface SearchResult {
  readonly candidates: Candidate[];
  /** starts that were on their way to a known column when they were stopped */
  readonly repeats: number;
  readonly starts: number;
}

const lanes = 8;
const beta = 0.5;
const restful = 1e-3;

/**
 * The difference map (Elser et al. 2007) on v = U q and u = W_Hᵀ g, 8 starts side by side in float32: projection A onto the
 * two affine subspaces, projection B per neuron onto v = 0 or v = u, whichever is nearer (SPEC 4). A start that has come
 * to rest leaves its lane to the next one, so no lane waits for the slowest.
 */
export function differenceMap(space: LossSubspace): Search {
  const arena = workspace();
  const kept = new Map<number, Projections>();
  const n = roundUp(space.u.rows, blockRows);
  const r = roundUp(space.rank, blockRows);
  const k = roundUp(Math.max(space.head.columns - 2, 0), blockRows);
  const at = layout(n, r, k);
  arena.reserve(4 * at.end);
  let loaded = -1;
  return (label, next, known, { steps, patience = 200, alike = 0.95 }) => {
    const projections = recall(kept, label, () => projectionsFor(space, label));
    const memory = arena.f32(0, at.end);
    if (loaded !== label) load(memory, at, projections);
    loaded = label;
    const { panelF32, differenceMapStep } = arena.kernels;
    const byte = (index: number): number => 4 * index;
    const project = (inner: number, down: number, up: number, x: number, middle: number, y: number): void => {
      panelF32(byte(down), byte(x), byte(middle), inner / blockRows, n / unroll);
      panelF32(byte(up), byte(middle), byte(y), n / blockRows, inner / unroll);
    };
    const found: Candidate[] = [];
    let repeats = 0;
    let starts = 0;
    const familiar = familiarity(projections, space, known, alike);
    const ages = new Int32Array(lanes);
    const refill = (lane: number): void => {
      const start = next();
      starts++;
      ages[lane] = 0;
      start.v.forEach((x, j) => {
        memory[at.v + j * lanes + lane] = x * (projections.scale[j] as number);
        memory[at.u + j * lanes + lane] = (start.u[j] as number) * (projections.scale[j] as number);
      });
    };
    for (let lane = 0; lane < lanes; lane++) refill(lane);
    const period = 10;
    for (let step = 1; step <= steps; step++) {
      project(r, at.qDown, at.qUp, at.v, at.rMiddle, at.pv);
      if (k > 0) project(k, at.dDown, at.dUp, at.u, at.kMiddle, at.pu);
      const sums = at.sums;
      differenceMapStep(byte(at.v), byte(at.u), byte(at.pv), byte(at.pu), byte(at.c), byte(sums), n, beta);
      if (step % period !== 0) continue;
      for (let lane = 0; lane < lanes; lane++) {
        ages[lane] = (ages[lane] as number) + period;
        const gap = memory[sums + lane] as number;
        const size = memory[sums + lanes + lane] as number;
        const collapsed = !(size > 1e-6 * projections.size);
        const repeated = !collapsed && familiar(memory, at.rMiddle + lane);
        const rest = gap < restful * size;
        if (!collapsed && !repeated && !rest && (ages[lane] as number) < patience) continue;
        if (repeated) repeats++;
        else if (!collapsed)
          found.push({
            q: coordinates(space, projections.scale, memory, at.pv + lane),
          });
        if (step < steps) refill(lane);
      }
    }
    return { candidates: found, repeats, starts };
  };
}

/**
 * Whether a lane is nearly parallel to a known column, judged in the label's own basis: its r numbers are at hand after
 * each step, so that runs towards known samples can be stopped early.
 */
function familiarity(
  projections: Projections,
  { rank: r }: LossSubspace,
  known: readonly Float64Array[],
  alike: number,
): (memory: Float32Array, at: number) => boolean {
  for (let i = projections.known.length; i < known.length; i++) {
    const c = new Float32Array(r);
    const q = known[i] as Float64Array;
    for (let k = 0; k < r; k++) c[k] = dot(row(projections.basis, k), q);
    const size = Math.sqrt(c.reduce((sum, x) => sum + x * x, 0));
    projections.known.push(c.map((x) => x / size));
  }
  const lane = new Float32Array(r);
  return (memory, at) => {
    let square = 0;
    for (let k = 0; k < r; k++) {
      const x = memory[at + k * lanes] as number;
      lane[k] = x;
      square += x * x;
    }
    const limit = alike * alike * square;
    for (const c of projections.known) {
      let sum = 0;
      for (let k = 0; k < r; k++) sum += (lane[k] as number) * (c[k] as number);
      if (sum * sum > limit) return true;
    }
    return false;
  };
}

/** q of U q = P_A v, in unit length. */
function coordinates({ ut, u }: LossSubspace, scale: Float64Array, memory: Float32Array, at: number): Float64Array {
  const q = new Float64Array(u.columns);
  const v = scale.map((s, j) => (memory[at + j * lanes] as number) / s);
  let square = 0;
  for (let k = 0; k < q.length; k++) {
    const x = row(ut, k);
    let sum = 0;
    for (let j = 0; j < v.length; j++) sum += (x[j] as number) * (v[j] as number);
    q[k] = sum;
    square += sum * sum;
  }
  return q.map((x) => x / Math.sqrt(square));
}

/** Everything that depends on the label only; rows are scaled by a typical |u|, so that they weigh the same. */
interface Projections {
  readonly scale: Float64Array;
  /** onto the range of U */
  readonly q: Packed;
  /** onto the differences of loss vectors */
  readonly d: Packed;
  /** what the projection onto { W_Hᵀ (w - e_y) : sum w = 1 } adds to its linear part */
  readonly c: Float64Array;
  /** squared size of a typical u */
  readonly size: number;
  /** r x r: q in the basis of qDown */
  readonly basis: DenseMatrix;
  /** known columns in that basis, as unit vectors */
  readonly known: Float32Array[];
}

function projectionsFor({ ut, head }: LossSubspace, label: number): Projections {
  const k = head.columns;
  const typical = fullDeltas(
    head,
    Float64Array.from({ length: k }, (_, c) => (c === label ? -1 : 1 / (k - 1))),
  );
  const sizes = typical.map(Math.abs).sort();
  const least = 0.3 * (sizes[Math.floor(sizes.length / 2)] as number);
  const scale = typical.map((x) => 1 / Math.max(Math.abs(x), least));
  const times = (a: DenseMatrix): DenseMatrix => ({
    ...a,
    data: a.data.map((x, i) => x * (scale[i % a.columns] as number)),
  });
  const q = orthonormalRows(times(ut)).q;
  const others = Array.from({ length: k }, (_, c) => c).filter((c) => c !== label);
  const first = others[0] as number;
  const directions = matrix(Math.max(k - 2, 0), head.rows);
  others.slice(1).forEach((c, i) => {
    for (let j = 0; j < head.rows; j++)
      directions.data[i * head.rows + j] = (head.data[j * k + c] as number) - (head.data[j * k + first] as number);
  });
  const d = orthonormalRows(times(directions)).q;
  const centre = matrix(
    1,
    head.rows,
    typical.map((x, j) => x * (scale[j] as number)),
  );
  const along = gemm(gemm(centre, d, { b: true }), d);
  return {
    scale,
    q: packed(q),
    d: packed(d),
    c: centre.data.map((x, j) => x - (along.data[j] as number)),
    size: centre.data.reduce((sum, x) => sum + x * x, 0),
    basis: gemm(q, times(ut), { b: true }),
    known: [],
  };
}

/** The two factors of a projection, packed for the kernel. */
interface Packed {
  readonly down: Float32Array;
  readonly up: Float32Array;
}

function packed(rows: DenseMatrix): Packed {
  const n = roundUp(rows.columns, blockRows);
  const k = roundUp(rows.rows, blockRows);
  const down = new Float32Array(k * n);
  const up = new Float32Array(k * n);
  pack(down, rows, false, rows.rows, rows.columns, n, blockRows);
  pack(up, transpose(rows), false, rows.columns, rows.rows, k, blockRows);
  return { down, up };
}

interface Layout {
  readonly qDown: number;
  readonly qUp: number;
  readonly dDown: number;
  readonly dUp: number;
  readonly c: number;
  readonly v: number;
  readonly u: number;
  readonly pv: number;
  readonly pu: number;
  readonly rMiddle: number;
  readonly kMiddle: number;
  readonly sums: number;
  readonly end: number;
}

/** Where everything lies, in float32 numbers. */
function layout(n: number, r: number, k: number): Layout {
  let end = 0;
  const take = (length: number): number => {
    const start = end;
    end += roundUp(length, 16);
    return start;
  };
  const places = {
    ...{ qDown: take(r * n), qUp: take(r * n), dDown: take(k * n), dUp: take(k * n), c: take(n) },
    ...{ v: take(n * lanes), u: take(n * lanes), pv: take(n * lanes), pu: take(n * lanes) },
    ...{ rMiddle: take(r * lanes), kMiddle: take(k * lanes), sums: take(2 * lanes) },
  };
  return { ...places, end };
}

function load(memory: Float32Array, at: Layout, { q, d, c }: Projections): void {
  memory.fill(0);
  memory.set(q.down, at.qDown);
  memory.set(q.up, at.qUp);
  memory.set(d.down, at.dDown);
  memory.set(d.up, at.dUp);
  memory.set(c, at.c);
}

function recall<T>(kept: Map<number, T>, key: number, make: () => T): T {
  const value = kept.get(key) ?? make();
  kept.delete(key);
  kept.set(key, value); // the most recent last
  if (kept.size > 16) kept.delete(kept.keys().next().value as number);
  return value;
}

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
