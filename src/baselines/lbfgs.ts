import { axpy, dot, largest } from '../math/matrix';
import type { Optimiser, Point, Valued } from './optimiser';
import { strongWolfe, type Trial } from './strongWolfe';

// No kept package has L-BFGS for JavaScript: fmin has gradient methods without it and has not been kept since 2016.

/** Options of {@link lbfgs}, with the defaults of `torch.optim.LBFGS`. */
export interface LbfgsOptions {
  /** what every direction but the first is multiplied by. @default 1 */
  readonly rate?: number;
  /** pairs of moves and changes of slope that are kept. @default 100 */
  readonly history?: number;
  /** moves of an iteration (PyTorch's `max_iter` of a call). @default 20 */
  readonly moves?: number;
  /** the largest entry of a slope that counts as none. @default 1e-7 */
  readonly flat?: number;
  /** an iteration ends early where the loss, or every entry of x, changes by less; a slope along the way down that is less is none. @default 1e-9 */
  readonly still?: number;
  /** least product of a move and its change of slope that is kept; PyTorch's is absolute. @default 1e-10 */
  readonly curved?: number;
  /** @default 'none' */
  readonly lineSearch?: 'none' | 'strong-wolfe';
}

/** What {@link lbfgs} remembers. */
export interface LbfgsMemory extends Point {
  /** all moves, and those of the iteration that is under way */
  moves: number;
  under: number;
  /** the last move and what it changed the slope by; null before the first */
  last: { readonly move: Float64Array; readonly change: Float64Array } | null;
  pairs: { readonly move: Float64Array; readonly change: Float64Array; readonly inverse: number }[];
  /** what an identity matrix is multiplied by to start the inverse Hessian from */
  scale: number;
}

/**
 * L-BFGS with the steps of `torch.optim.LBFGS`, so that attacks do here what they do there: without a line search the first move is
 * at most one long, every later one is the quasi-Newton direction itself (Liu & Nocedal 1989).
 */
export function lbfgs(options: LbfgsOptions = {}): Optimiser<LbfgsMemory> {
  const {
    rate = 1,
    history = 100,
    moves = 20,
    flat = 1e-7,
    still = 1e-9,
    curved = 1e-10,
    lineSearch = 'none',
  } = options;
  return {
    begin: (x, objective) => ({ x, ...objective(x), moves: 0, under: 0, last: null, pairs: [], scale: 1 }),
    advance(memory, objective) {
      if (largest(memory.slope) <= flat) return 'converged';
      remember(memory, history, curved);
      const { x, loss, slope } = memory;
      const direction = quasiNewton(memory);
      const zero: Landed = { x, loss, slope, t: 0, rise: dot(slope, direction) };
      if (zero.rise > -still) return 'converged';
      const total = slope.reduce((sum, v) => sum + Math.abs(v), 0);
      const first = memory.moves === 0 ? Math.min(1, 1 / total) * rate : rate;
      const at = (t: number): Landed => {
        const there = x.map((v, k) => v + t * direction[k]);
        const valued = objective(there);
        return { ...valued, x: there, t, rise: dot(valued.slope, direction) };
      };
      const landed = lineSearch === 'none' ? at(first) : strongWolfe(at, zero, first);
      if (landed.t === 0) return 'converged';
      move(memory, landed, direction);
      const over =
        memory.under === moves ||
        largest(memory.slope) <= flat ||
        landed.t * largest(direction) <= still ||
        Math.abs(memory.loss - loss) < still;
      if (!over) return 'moved';
      memory.under = 0;
      return 'iteration';
    },
  };
}

/** A trial with the point that it leads to. */
interface Landed extends Trial, Valued {
  readonly x: Float64Array;
}

function move(memory: LbfgsMemory, { x, loss, slope, t }: Landed, direction: Float64Array): void {
  memory.last = { move: direction.map((v) => t * v), change: slope.map((v, k) => v - memory.slope[k]) };
  Object.assign(memory, { x, loss, slope });
  memory.moves++;
  memory.under++;
}

/** Takes the last move into the memory, unless the slope fell along it: the curvature must be positive. */
function remember(memory: LbfgsMemory, history: number, curved: number): void {
  if (!memory.last) return;
  const { move, change } = memory.last;
  const curvature = dot(move, change);
  if (!(curvature > curved)) return;
  if (memory.pairs.length === history) memory.pairs.shift();
  memory.pairs.push({ move, change, inverse: 1 / curvature });
  memory.scale = curvature / dot(change, change);
}

/** -H slope by the two-loop recursion. */
function quasiNewton({ slope, pairs, scale }: LbfgsMemory): Float64Array {
  const direction = slope.map((v) => -v);
  const along = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    along[i] = dot(pairs[i].move, direction) * pairs[i].inverse;
    axpy(-along[i], pairs[i].change, direction);
  }
  for (let k = 0; k < direction.length; k++) direction[k] *= scale;
  pairs.forEach(({ move, change, inverse }, i) => {
    axpy(along[i] - dot(change, direction) * inverse, move, direction);
  });
  return direction;
}
