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
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line };
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

/** A plotly figure; plotly itself is loaded with the first one. */
export function plotlyView(node: HTMLElement): View {
  let plotly: Plotly | undefined;
  let figure: Figure = {};
  let width = 0;
  node.style.overflowX = 'auto'; // a figure may be wider than the page
  const draw = async (): Promise<void> => {
    plotly ??= await loadPlotly();
    const { data = [], layout = {}, config = {} } = figure;
    // A deep copy: plotly writes into what it is given, and the notebook's model must stay as it was sent.
    const copy = structuredClone({ data, layout });
    await plotly.react(node, copy.data, themed(copy.layout), { responsive: true, displaylogo: false, ...config });
  };
  const resized = new ResizeObserver(() => {
    if (!plotly || node.clientWidth === 0 || node.clientWidth === width) return;
    width = node.clientWidth;
    plotly.Plots.resize(node);
  });
  resized.observe(node);
  const forget = onThemeChange(() => void draw());
  return {
    async render(data) {
      figure = data as Figure;
      await draw();
    },
    dispose() {
      resized.disconnect();
      forget();
      plotly?.purge(node);
    },
  };
}
