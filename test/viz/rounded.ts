/** A value with every number rounded to three significant decimals: what a figure's snapshot is compared by. */
export function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, v) => (typeof v === 'number' ? Number(v.toPrecision(4)) : v)));
}
