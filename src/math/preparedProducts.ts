import { check } from '../check';
import type { DenseMatrix } from '../types';
import { gemm, pack, type Transposed } from './gemm';
import { matrix } from './matrix';
import { type Workspace, workspace } from './wasm/instance';
import { blockRows, unroll } from './wasm/panelKernel';

/** Samples that the kernel takes at a time. */
const PANEL = 4;

/** A constant as the kernel reads it: rows x inner, in blocks of four rows. */
interface Packed {
  readonly at: number;
  readonly bytes: number;
  readonly rows: number;
  readonly inner: number;
  readonly blocks: number;
  readonly groups: number;
}

/**
 * `gemm` for right operands that stay the same: each is packed once, as itself or transposed, when it is first needed so; `gemm` packs at
 * every call, which costs more than the product of a few rows does. Other operands, and single rows, go to `gemm`.
 *
 * @param constants known by their `data`, which must not change
 * @example
 * const b = fromRows([[3, 4], [5, 6]]);
 * preparedProducts([b])(fromRows([[1, 2], [0, 1]]), b).data;  // => [13, 16, 5, 6]
 */
export function preparedProducts(constants: readonly DenseMatrix[]): typeof gemm {
  const space = workspace();
  const known = new Set(constants.map(({ data }) => data));
  const packed = { straight: new Map<Float64Array, Packed>(), turned: new Map<Float64Array, Packed>() };
  // a panel of what comes in and one of what goes out stand first, then the constants
  const longest =
    Math.max(0, ...constants.flatMap(({ rows, columns }) => [rows, columns])) + Math.max(unroll, blockRows);
  const y = 8 * PANEL * longest;
  let end = 2 * y;
  space.reserve(end);

  const placeOf = (b: DenseMatrix, transposed: boolean): Packed => {
    const places = transposed ? packed.straight : packed.turned;
    const place = places.get(b.data) ?? packInto(space, end, b, !transposed);
    end = Math.max(end, place.at + place.bytes);
    places.set(b.data, place);
    return place;
  };
  const product = (a: DenseMatrix, b: Packed): DenseMatrix => {
    const { at, rows, inner, blocks, groups } = b;
    check(
      a.columns === inner,
      () => `gemm: ${a.rows} x ${a.columns} by ${inner} x ${rows}, expected equal inner dimensions`,
    );
    const c = matrix(a.rows, rows);
    const [panel, out] = [space.f64(0, PANEL * groups * unroll), space.f64(y, PANEL * blocks * blockRows)];
    panel.fill(0);
    for (let first = 0; first < a.rows; first += PANEL) {
      const count = Math.min(PANEL, a.rows - first); // columns behind the last sample keep old numbers, which nobody reads
      for (let p = 0; p < count; p++)
        for (let k = 0, from = (first + p) * inner; k < inner; k++) panel[PANEL * k + p] = a.data[from + k];
      space.kernels.panelF64(at, 0, y, blocks, groups);
      for (let p = 0; p < count; p++)
        for (let i = 0, to = (first + p) * rows; i < rows; i++) c.data[to + i] = out[PANEL * i + p];
    }
    return c;
  };
  return (a: DenseMatrix, b: DenseMatrix, transposed: Transposed = {}): DenseMatrix => {
    if (transposed.a || a.rows === 1 || !known.has(b.data)) return gemm(a, b, transposed);
    return product(a, placeOf(b, transposed.b ?? false));
  };
}

/** Packs a constant at this address: its rows, or its columns. */
function packInto(space: Workspace, at: number, source: DenseMatrix, turned: boolean): Packed {
  const [rows, inner] = turned ? [source.columns, source.rows] : [source.rows, source.columns];
  const [blocks, groups] = [Math.ceil(rows / blockRows), Math.ceil(inner / unroll)];
  const depth = groups * unroll;
  const length = blocks * blockRows * depth;
  space.reserve(at + 8 * length);
  pack(space.f64(at, length), source, turned, { rows, inner, depth, block: blockRows });
  return { at, bytes: 8 * length, rows, inner, blocks, groups };
}
