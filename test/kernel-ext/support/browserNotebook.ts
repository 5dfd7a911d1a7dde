/** The notebook that the browser test opens: what a user does first, in four cells. */
export const cells: readonly string[] = [
  `const model = mlp({ widths: [12, 24, 16, 4], seed: 7 });
const values = new Matrix(6, 12).apply(function (i, j) { this.set(i, j, Math.sin(5 * i + j * (i + 2))); });
const inputs = { rows: 6, columns: 12, data: Float64Array.from(values.to1DArray()) };
const seen = forward(model, inputs);
const jupyter = (globalThis as any)[Symbol.for('exan.kernel')];
Object.keys(seen)`,
  `const curve = [1, 2, 3, 4].map((x) => x * x);
jupyter.display({
  'application/vnd.plotly.v1+json': {
    data: [{ type: 'scatter', mode: 'lines+markers', y: curve, name: 'squares' }],
    layout: { title: { text: 'Squares' }, xaxis: { title: { text: 'n' } }, modebar: { add: ['sendChartToCloud'] } },
    config: { displayModeBar: true, showSendToCloud: true, modeBarButtonsToAdd: ['sendChartToCloud', 'hoverclosest'] },
  },
  'text/plain': 'Squares: 1, 4, 9, 16',
}, { displayId: 'curve' });`,
  `jupyter.display({
  'application/vnd.plotly.v1+json': {
    data: [{ type: 'scatter', mode: 'lines+markers', y: [16, 9, 4, 1], name: 'down' }],
    layout: { title: { text: 'Updated in place' }, modebar: { add: ['sendChartToCloud'] } },
    config: { displayModeBar: true, showSendToCloud: true, modeBarButtonsToAdd: ['sendChartToCloud', 'hoverclosest'] },
  },
  'text/plain': 'updated',
}, { displayId: 'curve', update: true });`,
  `const layer = (name: string, neurons: number, scale: number) => {
  const activations = Array.from({ length: 6 }, (_, m) =>
    Array.from({ length: neurons }, (_, j) => Math.max(0, Math.sin(scale * (m + 1) * (j + 1) ** 1.3) - 0.55)));
  return { name, neurons, samples: 6, fires: activations.map((row) => row.map((a) => (a > 0 ? 1 : 0))), activations };
};
jupyter.display({
  'application/vnd.exan.exclusivity+json': { layers: [layer('hidden 1', 48, 1.7), layer('hidden 2', 24, 2.9)], labels: [3, 1, 4, 1, 5, 9] },
  'text/plain': 'exclusivity map',
});`,
  `console.log('long cell began');
while (true);`,
];

/** The cells as a notebook file. */
export function notebookFile(): string {
  const code = cells.map((source, index) => ({
    id: `cell-${index}`,
    cell_type: 'code',
    execution_count: null,
    metadata: {},
    outputs: [],
    source,
  }));
  const kernelspec = { name: 'exan', display_name: 'ExAN (TypeScript)', language: 'typescript' };
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells: code });
}
