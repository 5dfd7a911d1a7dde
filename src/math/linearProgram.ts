import loadHighs from 'highs';
import { check } from '../check';
import type { DenseMatrix } from '../types';

/** min cost . x over lower <= x <= upper and rowLower <= A x <= rowUpper; infinities leave a side open. */
export interface LinearProgram {
  readonly cost: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly rows: DenseMatrix;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
}

let solver: ReturnType<typeof loadHighs> | undefined;

/**
 * Solves a small dense linear programme with HiGHS (npm `highs`, a WebAssembly module that is loaded at the first call).
 *
 * @returns the solution, or undefined when the programme is infeasible or unbounded
 * @throws InputError when the sizes do not agree
 */
export async function linearProgram(problem: LinearProgram): Promise<Float64Array | undefined> {
  const { cost, lower, upper, rows, rowLower, rowUpper } = problem;
  const n = cost.length;
  check(
    lower.length === n && upper.length === n && rows.columns === n,
    () => `linearProgram: ${n} costs, ${lower.length} and ${upper.length} bounds, ${rows.columns} columns`,
  );
  check(
    rowLower.length === rows.rows && rowUpper.length === rows.rows,
    () => `linearProgram: ${rows.rows} rows with ${rowLower.length} and ${rowUpper.length} bounds`,
  );
  solver ??= loadHighs();
  const highs = await solver;
  const starts = Int32Array.from({ length: rows.rows + 1 }, (_, i) => i * n);
  const indices = Int32Array.from({ length: rows.rows * n }, (_, k) => k % n);
  return highs.withModel(
    {
      numCols: n,
      numRows: rows.rows,
      colCost: cost,
      colLower: lower,
      colUpper: upper,
      rowLower,
      rowUpper,
      matrix: { format: 'csr', numRows: rows.rows, numCols: n, starts, indices, values: rows.data },
    },
    (model) => {
      model.options.set({ output_flag: false });
      model.run();
      return model.getModelStatus() === highs.constants.modelStatus.optimal
        ? Float64Array.from(model.getSolution().colValue)
        : undefined;
    },
  );
}
