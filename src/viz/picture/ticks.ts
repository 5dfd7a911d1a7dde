/** A place along an axis with its label. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** About six round numbers (1, 2 or 5 times a power of ten apart) between two others. */
export function linearTicks(low: number, high: number): Tick[] {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((by) => rough <= by * power) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, k) => {
    const value = Number(((first + k) * step).toPrecision(12));
    return { value, label: String(value) };
  });
}

/** Powers of ten between two exponents, at most eight; where there are none or one, round numbers instead. */
export function logTicks(low: number, high: number): Tick[] {
  const first = Math.ceil(low - 1e-9);
  const count = Math.floor(high + 1e-9) - first + 1;
  if (count < 2)
    return linearTicks(10 ** low, 10 ** high).flatMap(({ value, label }) =>
      value > 0 ? [{ value: Math.log10(value), label }] : [],
    );
  const every = Math.ceil(count / 8);
  return Array.from({ length: Math.ceil(count / every) }, (_, k) => {
    const value = first + k * every;
    return { value, label: `10${[...String(value)].map((c) => raised[c]).join('')}` };
  });
}

const raised: Readonly<Record<string, string>> = {
  ...{ '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹' },
};
