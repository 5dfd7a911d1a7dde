/** Numbers that the gradient shows, with the variance of each; infinite where nothing is known. */
export interface Observations {
  readonly values: Float64Array;
  readonly variance: Float64Array;
}

/** What a sample of weight 1 would show there, and how well that is known. */
export interface Prediction {
  readonly expected: Float64Array;
  readonly variance: Float64Array;
}

/** The weight with which a prediction fits best. */
export interface WeightFit {
  readonly weight: number;
  /** its deviation over itself */
  readonly relative: number;
  readonly chiSquared: number;
  /** fall of chi-squared that the sample brings */
  readonly evidence: number;
  /** numbers compared */
  readonly count: number;
  /** squared misfit over variance, each */
  readonly each: Float64Array;
}

/**
 * Weighted least squares of values = weight * expected; the prediction's own variance counts with the weight's square, so it is
 * done twice.
 *
 * @example
 * fitWeight({ values: [2, 4], variance: [1, 1] }, { expected: [1, 2], variance: [0, 0] }).weight;  // => 2
 */
export function fitWeight({ values, variance }: Observations, { expected, variance: own }: Prediction): WeightFit {
  let weight = 0;
  let fit: WeightFit | undefined;
  for (let pass = 0; pass < 2; pass++) {
    const total = variance.map((s, q) => s + weight * weight * own[q]);
    let [vp, pp, count] = [0, 0, 0];
    for (let q = 0; q < values.length; q++) {
      if (!(total[q] < Number.POSITIVE_INFINITY)) continue;
      vp += (values[q] * expected[q]) / total[q];
      pp += expected[q] ** 2 / total[q];
      count++;
    }
    weight = vp / pp;
    const each = values.map((v, q) =>
      total[q] < Number.POSITIVE_INFINITY ? (v - weight * expected[q]) ** 2 / total[q] : 0,
    );
    const chiSquared = each.reduce((sum, c) => sum + c, 0);
    fit = { weight, relative: 1 / Math.sqrt(vp * weight), chiSquared, evidence: vp * weight, count, each };
  }
  return fit as WeightFit;
}
