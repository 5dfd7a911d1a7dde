/**
 * How many labels were found, as far as the batch has as many of them; their order does not count.
 *
 * @param samples an answer's; those without a label are not counted
 * @example
 * rightLabels([{ label: 3 }, { label: 3 }, {}], Int32Array.of(3, 5, 8));  // => 1
 */
export function rightLabels(samples: readonly { readonly label?: number }[], truth: Int32Array): number {
  const left = [...truth];
  return samples.filter(({ label }) => {
    const at = label === undefined ? -1 : left.indexOf(label);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
}
