import { check } from '../check';
import { type Figure, markerOf, named } from './figure';

/** What the figure needs of a defence: its name, what an attack got through, what training kept. */
export interface DefencePoint {
  readonly defence: string;
  readonly strength: number;
  readonly attacks: readonly { readonly attack: string; readonly visible: { readonly mean: number } }[];
  readonly accuracy: { readonly mean: number } | null;
}

/**
 * Privacy over utility: accuracy after training with a defence (across) against the fraction of samples that the most
 * successful attack still makes visible (up). Good defences lie low and to the right.
 *
 * @throws InputError when no row has an accuracy
 * @example
 * const attacks = [{ attack: 'ExAN', visible: { mean: 0 } }];
 * viz.privacyUtility([{ defence: 'prune', strength: 0.9, attacks, accuracy: { mean: 0.59 } }]).data.length;  // => 1
 */
export function privacyUtility(rows: readonly DefencePoint[]): Figure {
  const trained = rows.filter((r) => r.accuracy !== null);
  check(trained.length > 0, () => 'privacyUtility: no row has an accuracy, expected defences evaluated with training');
  return {
    data: trained.map(({ defence, strength, attacks, accuracy }, k) => ({
      type: 'scatter',
      mode: 'markers',
      marker: markerOf(k),
      name: strength === 0 ? defence : `${defence} ${strength}`,
      x: [accuracy?.mean ?? 0],
      y: [Math.max(0, ...attacks.map((a) => a.visible.mean))],
    })),
    layout: {
      title: { text: 'What a defence costs and what it buys' },
      height: 460,
      ...named,
      xaxis: { automargin: true, title: { text: 'accuracy after training with the defence' } },
      yaxis: { title: { text: 'samples still visible (20 dB)' } },
    },
  };
}
