import { check } from '../check';
import { type Figure, widthOf } from './figure';

/** What the figure needs of a row: the client, what its exposure foretold, and what an attack recovered. */
export interface FederatedCell {
  readonly size: number;
  readonly epochs: number;
  readonly rate: number;
  /** null: all samples */
  readonly batchSize: number | null;
  /** samples foretold */
  readonly exposed: number;
  /** samples that are right, whatever they are called, and those called exact, which the replay of the training proves */
  readonly recovered: number;
  readonly exact: number;
}

/** White, where nothing is recovered, to a blue on which dark and light text can be read. */
const blues = [
  [0, 'rgb(255,255,255)'],
  [1, 'rgb(8,81,156)'],
] as const;

/**
 * Samples that clients of several local steps give away: epochs as columns, samples, mini-batches and rates as rows, as far as they
 * differ; in each cell the
 * fraction foretold by the exposure / recovered by the attack, which the colour shows too / proven exact, in percent, the mean over seeds.
 *
 * @param rows of `federatedSettings`
 * @throws InputError when there are none
 * @example
 * const row = { size: 8, epochs: 5, rate: 0.1, batchSize: null, exposed: 8, recovered: 6, exact: 0 };
 * viz.federatedSettings([row, { ...row, epochs: 20 }]).data.length;  // => 1
 */
export function federatedSettings(rows: readonly FederatedCell[]): Figure {
  check(rows.length > 0, () => 'federatedSettings: there are no rows, expected at least one');
  const epochs = [...new Set(rows.map((r) => r.epochs))].sort((a, b) => a - b);
  const kinds = rows.map(partsOf);
  const same = kinds[0]?.map((part, k) => kinds.every((own) => own[k] === part)) ?? [];
  const differing = same.some((one) => !one);
  const nameOf = (r: FederatedCell): string =>
    partsOf(r)
      .filter((_, k) => !(differing && same[k]))
      .join(', ');
  const common = differing ? (kinds[0] ?? []).filter((_, k) => same[k]) : [];
  const clients = [...new Set([...rows].sort(inOrder).map(nameOf))];
  const cells = clients.map((name) => epochs.map((n) => rows.filter((r) => nameOf(r) === name && r.epochs === n)));
  const share = (own: readonly FederatedCell[], of: 'exposed' | 'recovered' | 'exact'): number =>
    own.reduce((sum, r) => sum + r[of] / r.size, 0) / own.length;
  const percent = (v: number): string => `${Math.round(100 * v)}`;
  const longest = Math.max(...clients.map((name) => name.length));
  return {
    data: [
      {
        type: 'heatmap',
        x: epochs.map(String),
        y: clients,
        z: cells.map((line) => line.map((own) => (own.length > 0 ? share(own, 'recovered') : null))),
        text: cells.map((line) =>
          line.map((own) =>
            own.length > 0
              ? (['exposed', 'recovered', 'exact'] as const).map((of) => percent(share(own, of))).join('/')
              : '',
          ),
        ),
        texttemplate: '%{text}',
        zmin: 0,
        zmax: 1,
        colorscale: blues,
        showscale: false,
        hovertemplate: '%{y}, %{x} epochs: foretold / recovered / exact %{text} percent<extra></extra>',
      },
    ],
    layout: {
      title: { text: 'Samples foretold / recovered / proven, in percent' },
      ...widthOf(16 + Math.ceil(6.6 * longest) + Math.max(340, 92 * epochs.length)),
      height: 130 + 28 * clients.length,
      margin: { l: 12 + Math.ceil(6.6 * longest), r: 4, t: 50, b: 60 },
      xaxis: { type: 'category', title: { text: ['epochs', ...common].join(', ') }, showgrid: false },
      yaxis: { type: 'category', autorange: 'reversed', showgrid: false },
    },
  };
}

/** What tells clients apart: a figure names each part where it differs. */
function partsOf({ size, batchSize, rate }: FederatedCell): string[] {
  return [`M = ${size}`, batchSize === null ? 'whole batch' : `batches of ${batchSize}`, `rate ${rate}`];
}

/** The more is taken in one step, the higher: small clients first, whole batches before mini-batches, small rates first. */
function inOrder(a: FederatedCell, b: FederatedCell): number {
  const batch = ({ batchSize }: FederatedCell): number => batchSize ?? Number.MAX_SAFE_INTEGER;
  return a.size - b.size || batch(b) - batch(a) || a.rate - b.rate;
}
