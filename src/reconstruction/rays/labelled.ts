import { dot } from '../../math/matrix';
import type { Remainder } from '../evidence/remainder';
import { type Candidate, type Length, predict } from './candidate';
import { solveScale } from './scale';
import { fitWeight, type Observations, type Prediction, type WeightFit } from './weightFit';

/** What is asked of a ray: whether the candidate explains what its members show. */
export interface Question {
  readonly left: Remainder;
  readonly one: Candidate;
  readonly seen: Observations;
  readonly members: readonly number[];
  /** the loss vector read off, where it settles the features' length; null with biases, where that is known */
  readonly loss: Float64Array | null;
}

export interface Labelled extends Length {
  readonly label: number;
  readonly fit: WeightFit;
}

/** The best weight for a label, and without biases the best length too. */
export function labelled({ left, one, seen, members, loss }: Question, label: number): Labelled | null {
  const { evidence } = left;
  let t = loss ? solveScale(one.pass.logits.data, loss, label) : 1;
  if (t === null) return null;
  let [tVariance, sVariance] = [0, 0];
  let prediction = predict(evidence, one, members, label, t);
  let fit = fitWeight(seen, prediction);
  for (let round = 0; loss && round < 3; round++) {
    const h = 1e-6 * t;
    const moved = predict(evidence, one, members, label, t + h).expected;
    const slope = moved.map((v, q) => (v - prediction.expected[q]) / h);
    const { step, ...variances } = scaleStep(seen, prediction, {
      slope,
      weight: fit.weight,
      above: one.responses.columns,
    });
    t += step;
    ({ tVariance, sVariance } = variances);
    if (!(t > 0)) return null;
    prediction = predict(evidence, one, members, label, t);
    fit = fitWeight(seen, prediction);
  }
  return { label, t, tVariance, fit: { ...fit, relative: Math.hypot(fit.relative, Math.sqrt(sVariance)) } };
}

/**
 * Least squares of values = s (expected + slope dt): the step dt, its variance, and that of s over s. The loss vector's own error is the
 * same in all members' columns, so it does not average out.
 */
function scaleStep(
  { values, variance }: Observations,
  { expected, variance: own }: Prediction,
  { slope, weight, above }: { slope: Float64Array; weight: number; above: number },
): { step: number; tVariance: number; sVariance: number } {
  const precision = values.map((_, q) => 1 / (variance[q] + weight * weight * own[q]));
  const weighed = (x: Float64Array, y: Float64Array): number =>
    x.reduce((sum, v, q) => sum + v * y[q] * precision[q], 0);
  const [aa, ab, bb] = [weighed(expected, expected), weighed(expected, slope), weighed(slope, slope)];
  const determinant = aa * bb - ab * ab;
  if (!(determinant > 1e-12 * aa * bb)) return { step: 0, tVariance: Infinity, sVariance: Infinity };
  // both are sums of values, each times a factor
  const ofStep = precision.map((p, q) => ((aa * slope[q] - ab * expected[q]) * p) / determinant);
  const ofWeight = precision.map((p, q) => ((bb * expected[q] - ab * slope[q]) * p) / determinant);
  const spread = (factors: Float64Array): number => {
    const shared = new Float64Array(above);
    let sum = 0;
    factors.forEach((c, q) => {
      sum += c * c * variance[q];
      shared[q % above] += c * Math.sqrt(own[q]);
    });
    return sum / weight ** 2 + dot(shared, shared);
  };
  return { step: dot(ofStep, values) / dot(ofWeight, values), tVariance: spread(ofStep), sVariance: spread(ofWeight) };
}
