/** The largest value, or -Infinity of none; not Math.max(...), since a call takes no million arguments. */
export function largest(values: ArrayLike<number>): number {
  let top = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < values.length; k++) top = Math.max(top, values[k] as number);
  return top;
}
