import type { Certificate } from '../verification/certificate/certify';
import { colorway, type Figure } from './figure';

/** Where an exact zero is drawn: below anything that float64 can tell apart. */
const FLOOR = 1e-18;

/**
 * A certificate as a picture: the relative residual of each layer, against the tolerance, on a logarithmic axis.
 *
 * @example
 * const { data: bars } = viz.residualBars(certify(model, gradient, recovered(found)));
 * bars.map(({ type }) => type);  // => ['bar', 'scatter']
 */
export function residualBars({ layers, verdict }: Certificate): Figure {
  const names = layers.map(({ layer }) => `layer ${layer}`);
  return {
    data: [
      {
        type: 'bar',
        name: 'residual',
        x: names,
        y: layers.map(({ residual }) => Math.max(residual, FLOOR)),
        text: layers.map(({ residual }) => (residual === 0 ? '0' : residual.toExponential(1))),
      },
      {
        type: 'scatter',
        name: 'tolerance',
        mode: 'lines',
        x: names,
        y: layers.map(({ tolerance }) => Math.max(tolerance, FLOOR)),
      },
    ],
    layout: {
      title: { text: `Replayed against shared gradient: the certificate ${verdict}` },
      width: 520,
      colorway,
      height: 320,
      margin: { l: 80, r: 20, t: 50, b: 40 },
      xaxis: { type: 'category' },
      yaxis: { type: 'log', exponentformat: 'power', title: { text: 'relative residual' } },
    },
  };
}
