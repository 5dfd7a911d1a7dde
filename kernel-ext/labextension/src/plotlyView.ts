import { isDark, onThemeChange, themeColour } from './theme';
import type { View } from './view';

declare const PLOTLY_CHUNK: string;
// Where this script was loaded from; only known while it runs for the first time.
const base = (document.currentScript as HTMLScriptElement | null)?.src ?? document.baseURI;

interface Figure {
  data?: unknown[];
  layout?: Record<string, unknown>;
  config?: Record<string, unknown>;
}
interface Plotly {
  react(node: HTMLElement, data: unknown[], layout: object, config: object): Promise<unknown>;
  purge(node: HTMLElement): void;
  Plots: { resize(node: HTMLElement): void };
}

let loading: Promise<Plotly> | undefined;
function loadPlotly(): Promise<Plotly> {
  loading ??= import(new URL(PLOTLY_CHUNK, base).href).then((module) => module.default as Plotly);
  return loading;
}

/** The notebook's colours, for what the figure itself does not set. */
function themed(layout: Record<string, unknown>): object {
  const dark = isDark();
  const line = dark ? '#444' : '#e0e0e0';
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, automargin: true };
  const axes = Object.keys({ xaxis: 0, yaxis: 0, ...layout }).filter((key) => /^[xy]axis\d*$/.test(key));
  return {
    height: 360,
    margin: { t: 40, r: 24, b: 44, l: 56 },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    modebar: { bgcolor: 'rgba(0,0,0,0)', color: dark ? '#888' : '#999', activecolor: dark ? '#eee' : '#333' },
    ...layout,
    font: { color: themeColour('--jp-ui-font-color1', dark ? '#ddd' : '#222'), ...(layout.font as object) },
    ...Object.fromEntries(axes.map((key) => [key, { ...axis, ...(layout[key] as object) }])),
  };
}

const upload = 'sendChartToCloud';

/** Nothing leaves this page by a click: whatever the figure asks for, plotly's button that uploads it is not there and has no address. */
function offline({ modeBarButtons: _, ...config }: Record<string, unknown>): object {
  const listed = (name: string): unknown[] => (Array.isArray(config[name]) ? config[name] : []);
  return {
    responsive: true,
    displaylogo: false,
    ...config,
    modeBarButtonsToAdd: listed('modeBarButtonsToAdd').filter((b) => String(b).toLowerCase() !== upload.toLowerCase()),
    modeBarButtonsToRemove: [...listed('modeBarButtonsToRemove'), upload],
    showSendToCloud: false,
    plotlyServerURL: '',
  };
}

/** Pictures keep the shape of their pixels: on a narrow page they are as high as they need to be, without room above and below. */
function pictureSize({ data = [], layout = {} }: Figure, width: number): { width: number; height: number } | undefined {
  const { z } = (data[0] ?? {}) as { z?: readonly (readonly unknown[])[] };
  const { meta, margin, height, width: own } = layout as Partial<Record<string, Record<string, number> & number>>;
  if (!meta?.picture || !margin || !height || own || !(width > 0) || !Array.isArray(z) || !z[0]) return undefined;
  const [across, down] = [margin.l! + margin.r!, margin.t! + margin.b!];
  const pixel = Math.min((width - across) / z[0].length, (height - down) / z.length);
  return { width, height: Math.round(down + pixel * z.length) };
}

/** A plotly figure; plotly itself is loaded with the first one. */
export function plotlyView(node: HTMLElement): View {
  let plotly: Plotly | undefined;
  let figure: Figure = {};
  let width = 0;
  node.style.overflowX = 'auto'; // a figure may be wider than the page
  node.setAttribute('role', 'img');
  const draw = async (): Promise<void> => {
    plotly ??= await loadPlotly();
    const { data = [], layout = {}, config = {} } = figure;
    // A deep copy: plotly writes into what it is given, and the notebook's model must stay as it was sent.
    const copy = structuredClone({ data, layout });
    const size = pictureSize(figure, node.clientWidth);
    await plotly.react(node, copy.data, { ...themed(copy.layout), ...size }, offline(config));
  };
  const resized = new ResizeObserver(() => {
    if (!plotly || node.clientWidth === 0 || node.clientWidth === width) return;
    width = node.clientWidth;
    if (pictureSize(figure, width)) void draw();
    else plotly.Plots.resize(node);
  });
  resized.observe(node);
  const forget = onThemeChange(() => void draw());
  return {
    async render(data, words) {
      figure = data as Figure;
      node.setAttribute('aria-label', words ?? 'figure');
      await draw();
    },
    dispose() {
      resized.disconnect();
      forget();
      plotly?.purge(node);
    },
  };
}
