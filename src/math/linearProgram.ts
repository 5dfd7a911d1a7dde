import type loadHighs from 'highs';
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

/** One more row, lower <= row . x <= upper. */
export interface Cut {
  readonly row: Float64Array;
  readonly lower: number;
  readonly upper: number;
}

let solver: ReturnType<typeof loadHighs> | undefined;

/**
 * Solves a small dense linear programme with HiGHS (npm `highs`, a WebAssembly module that is loaded at the first call).
 *
 * @param cuts rows that a solution violates, to be added; the next solve starts from the last basis, so that thousands
 *   of rows of which few bind cost little. None end the search. @default none
 * @returns the solution, or undefined when the programme is infeasible or unbounded
 * @throws InputError when the sizes do not agree
 */
export async function linearProgram(
  problem: LinearProgram,
  cuts: (solution: Float64Array) => readonly Cut[] = () => [],
): Promise<Float64Array | undefined> {
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
  solver ??= import('highs').then(({ default: load }) => load());
  const highs = await solver;
  const every = Int32Array.from({ length: n }, (_, k) => k);
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
      // presolve would be repeated for every cut, and forgets the basis
      model.options.set({ output_flag: false, presolve: 'off' });
      for (;;) {
        model.run();
        if (model.getModelStatus() !== highs.constants.modelStatus.optimal) return undefined;
        const solution = Float64Array.from(model.getSolution().colValue);
        const added = cuts(solution);
        if (added.length === 0) return solution;
        for (const { row, lower: from, upper: to } of added) model.addRow(from, to, { indices: every, values: row });
      }
    },
  );
}
