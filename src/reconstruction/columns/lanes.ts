import { row } from '../../math/matrix';
import { type Workspace, workspace } from '../../math/wasm/instance';
import { blockRows, unroll } from '../../math/wasm/panelKernel';
import type { LossSubspace } from './lossSubspace';
import type { Candidate } from './polish';
import type { PreActivations } from './preActivations';
import { type Projections, packedColumns, packedLeft, padded, projectionsFor, projectionsOf } from './projections';
import type { Start } from './starts';

/** Starts side by side: the width of a panel of the kernels. */
export const lanes = 8;
const beta = 0.5;

/** What a search is about, beside its label. */
export interface SearchSetting {
  /** columns whose neighbourhood is of no interest */
  readonly known: readonly Float64Array[];
  /** the head to search with, where it is not the space's own, and how far v may lie from u, relative. @default the space's, 0 */
  readonly guide?: { readonly space: LossSubspace; readonly slack: number };
  /** where the pre-activations of starts lie, which then join the search. @default only deltas are searched */
  readonly left?: PreActivations;
}

/** The memory of the vector kernels: projections, and 8 starts side by side in float32. */
export class Lanes {
  private readonly arena: Workspace = workspace();
  private readonly projectionsOf: (label: number) => Projections;
  private readonly at: Layout;
  private readonly sizes: Sizes;
  private memory: Float32Array = new Float32Array();
  private projections!: Projections;
  private label = -1;
  private left: PreActivations | undefined;
  private known = 0;
  private step: () => void = () => undefined;

  constructor(private readonly space: LossSubspace) {
    this.projectionsOf = projectionsOf(space);
    const inputs = space.box ? padded(space.v.columns - 1) : 0;
    this.sizes = { n: padded(space.u.rows), r: padded(space.rank), k: padded(space.lossBasis.rows - 1), inputs };
    this.at = layout(this.sizes);
    this.arena.reserve(4 * this.at.end);
  }

  /** Loads what is not there yet. */
  prepare(label: number, { known, guide, left }: SearchSetting): void {
    const { arena, at, space } = this;
    this.projections = guide ? projectionsFor(guide.space, label) : this.projectionsOf(label);
    this.memory = arena.f32(0, at.end);
    if (this.label !== label || guide) this.load();
    this.label = guide ? -1 : label;
    if (left && left !== this.left) this.loadLeft(left);
    this.left = left;
    this.known = Math.min(known.length, space.rank);
    if (this.known > 0) this.memory.set(packedColumns(known.slice(0, this.known), this.projections), at.known);
    this.step = this.move(guide?.slack);
  }

  private load(): void {
    const { memory, at } = this;
    const { q, d, c, slopes } = this.projections;
    this.left = undefined;
    memory.fill(0);
    memory.set(q.down, at.qDown);
    memory.set(q.up, at.qUp);
    memory.set(d.down, at.dDown);
    memory.set(d.up, at.dUp);
    memory.set(c, at.c);
    memory.set(slopes, at.slopes);
  }

  private loadLeft(left: PreActivations): void {
    const { memory, at } = this;
    const { down, up, constant } = packedLeft(left);
    memory.set(down, at.zDown);
    memory.set(up, at.zUp);
    memory.fill(0, at.pz, at.zMiddle);
    memory.set(constant, at.cz);
  }

  /** Projection B and what follows from it; which one depends on what v may be. */
  private move(slack: number | undefined): () => void {
    const { kernels } = this.arena;
    const [v, u, pv, pu, c, sums, z, pz, cz, slopes] = (
      ['v', 'u', 'pv', 'pu', 'c', 'sums', 'z', 'pz', 'cz', 'slopes'] as const
    ).map((name) => 4 * this.at[name]);
    const { n } = this.sizes;
    if (slack !== undefined) return () => kernels.differenceMapBand(v, u, pv, pu, c, sums, n, beta, slack);
    if (this.space.slopes) return () => kernels.differenceMapSloped(v, u, pv, pu, c, sums, n, beta, slopes);
    const { left } = this;
    if (left)
      return () => {
        kernels.differenceMapSigned(v, u, pv, pu, c, sums, n, beta, 0, z, pz, cz);
        const skip = 4 * n * lanes;
        if (left.inputs > 0) kernels.boxStep(z + skip, pz + skip, cz + 4 * n, padded(left.inputs), beta, ...left.box);
      };
    return () => kernels.differenceMapStep(v, u, pv, pu, c, sums, n, beta, 0);
  }

  fill(lane: number, { v, u, point }: Start): void {
    const { memory, at, left } = this;
    const { scale } = this.projections;
    for (let j = 0; j < v.length; j++) {
      const to = j * lanes + lane;
      memory[at.v + to] = v[j] * scale[j];
      memory[at.u + to] = u[j] * scale[j];
    }
    if (!left || !point) return;
    const behind = this.sizes.n - left.neurons; // rows that pad the neurons
    for (let j = 0; j < point.length; j++) memory[at.z + (j < left.neurons ? j : j + behind) * lanes + lane] = point[j];
  }

  /** One step of all starts. */
  advance(): void {
    const { at, sizes, left } = this;
    const { n, r, k } = sizes;
    this.project(n, r, [at.qDown, at.v, at.rMiddle], [at.qUp, at.pv]);
    this.project(n, k, [at.dDown, at.u, at.kMiddle], [at.dUp, at.pu]);
    if (left)
      this.project(
        n + padded(left.inputs),
        padded(left.directions.rows),
        [at.zDown, at.z, at.zMiddle],
        [at.zUp, at.pz],
      );
    this.step();
  }

  private project(n: number, k: number, [down, x, middle]: number[], [up, y]: number[]): void {
    if (k === 0) return;
    this.panel(k, n, down, x, middle);
    this.panel(n, k, up, middle, y);
  }

  private panel(rows: number, inner: number, a: number, x: number, y: number): void {
    this.arena.kernels.panelF32(4 * a, 4 * x, 4 * y, rows / blockRows, inner / unroll);
  }

  /** Products of all starts with the known columns, for `familiar`. */
  compare(): void {
    if (this.known > 0) this.panel(padded(this.known), this.sizes.r, this.at.known, this.at.rMiddle, this.at.cosines);
  }

  /** Squared length of what the last step moved, over that of v; NaN for a start that has collapsed. */
  restlessness(lane: number): number {
    const { memory, at } = this;
    const size = memory[at.sums + lanes + lane];
    return size > 1e-6 * this.projections.size ? memory[at.sums + lane] / size : Number.NaN;
  }

  /** Whether a start is nearly parallel to a known column. */
  familiar(lane: number, alike: number): boolean {
    const { memory, at, sizes, known } = this;
    let square = 0;
    for (let k = 0; k < sizes.r; k++) square += memory[at.rMiddle + lane + k * lanes] ** 2;
    const limit = alike * alike * square;
    for (let i = 0; i < known; i++) if (memory[at.cosines + lane + i * lanes] ** 2 > limit) return true;
    return false;
  }

  /** q of U q = P_A v, in unit length, and P_A u to the same scale. */
  candidate(lane: number): Candidate {
    const { memory, at, space } = this;
    const { scale, c } = this.projections;
    const q = new Float64Array(space.rank);
    const v = scale.map((s, j) => memory[at.pv + lane + j * lanes] / s);
    let square = 0;
    for (let k = 0; k < q.length; k++) {
      const x = row(space.ut, k);
      let sum = 0;
      for (let j = 0; j < v.length; j++) sum += x[j] * v[j];
      q[k] = sum;
      square += sum * sum;
    }
    const size = Math.sqrt(square);
    return { q: q.map((x) => x / size), u: scale.map((s, j) => (memory[at.pu + lane + j * lanes] + c[j]) / s / size) };
  }
}

type Layout = ReturnType<typeof layout>;

/** Padded: neurons, rank, differences of loss vectors, and inputs where they are boxed. */
type Sizes = Record<'n' | 'r' | 'k' | 'inputs', number>;

/** Where everything lies, in float32 numbers. */
function layout({ n, r, k, inputs }: Sizes) {
  let end = 0;
  const take = (length: number): number => {
    const start = end;
    end += Math.ceil(length / 16) * 16;
    return start;
  };
  const places = {
    ...{
      qDown: take(r * n),
      qUp: take(r * n),
      dDown: take(k * n),
      dUp: take(k * n),
      zDown: take(r * (n + inputs)),
      zUp: take(r * (n + inputs)),
    },
    ...{ c: take(n), cz: take(n + inputs), slopes: take(2 * n), sums: take(2 * lanes) },
    ...{ v: take(n * lanes), u: take(n * lanes), z: take((n + inputs) * lanes) },
    ...{ pv: take(n * lanes), pu: take(n * lanes), pz: take((n + inputs) * lanes) },
    ...{ rMiddle: take(r * lanes), kMiddle: take(k * lanes), zMiddle: take(r * lanes) },
    ...{ known: take(r * r), cosines: take(r * lanes) },
  };
  return { ...places, end };
}
