import { checkUnderstood } from '../check';
import type { ShowOptions } from './knownBundle';
import { mimeBundle } from './mimeBundle';
import type { Bundle } from './table';

/** What a kernel offers: one display message with many MIME types, updated in place when it has an id. */
interface Kernel {
  /** aborts when the user interrupts the cell that runs; the exan kernel has one, plain tslab none */
  readonly signal?: AbortSignal;
  /** calls back when the cell that runs ends; the exan kernel only */
  onCellEnd?(callback: () => void): void;
  display(data: Bundle, options?: DisplayOptions): void;
}

interface DisplayOptions {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly displayId?: string;
  readonly update?: boolean;
}

/** The part of tslab (dist/jupyter.js) that sends a display message; null until a cell runs. */
interface TslabJupyter {
  readonly lastWriteDisplayData: ((content: Readonly<Record<string, unknown>>, update: boolean) => void) | null;
}

/**
 * Shows a value in the running cell: figures, any of plotly's among them; batches of pictures; answers, scores and rows as tables;
 * networks, gradients and data in a line (see {@link mimeBundle}).
 *
 * @param options.truth the true batch: samples of a reconstruction then have its numbers, as those of the exclusivity map do; without it
 *   they have those of the attack, since a gradient has no order
 * @param options.rows of a table that are shown. @default all
 * @returns nothing in a notebook; elsewhere the bundle that would have been shown, for the caller to use, or for a kernel that is not
 *   known here: it shows itself by `Symbol.for('Jupyter.display')`
 * @example
 * show([{ layer: 0, residual: 3e-17 }])?.['text/plain'];  // => 'layer  residual\n    0   3.0e-17'
 * show(found, { truth: secret, rows: 1 })?.['text/plain'];  // a table whose first row is sample 0 of the batch
 */
export function show(value: unknown, options: ShowOptions = {}): Bundle | undefined {
  checkUnderstood('show', options, ['truth', 'rows']);
  const bundle = mimeBundle(value, options);
  // nbconvert writes it beside a picture that has no text of its own
  const alt = 'image/png' in bundle ? { metadata: { 'image/png': { alt: bundle['text/plain'] } } } : {};
  return deliver(bundle, alt) ? undefined : selfShowing(bundle);
}

/** The same bundle with the method by which other kernels, Deno's among them, show what a cell ends with; loops over its keys do not see it. */
function selfShowing(bundle: Bundle): Bundle {
  return Object.defineProperty({ ...bundle }, Symbol.for('Jupyter.display'), { value: () => bundle });
}

/** Sends a bundle to the notebook; false when there is none. */
export function deliver(bundle: Bundle, options: DisplayOptions = {}): boolean {
  const kernel = exanKernel() ?? tslabKernel() ?? denoKernel();
  kernel?.display(bundle, options);
  return kernel !== undefined;
}

/** What the exan kernel offers to the cell that runs, when this is one. */
export function exanKernel(): Kernel | undefined {
  return (globalThis as Record<symbol, unknown>)[Symbol.for('exan.kernel')] as Kernel | undefined;
}

/**
 * Plain tslab. Its public display sends one MIME type at a time; the writer below it sends whole bundles, so it is used
 * where the running kernel has loaded it (the version is pinned). Outside of a kernel the module is not loaded.
 */
function tslabKernel(): Kernel | undefined {
  const path = Object.keys(require.cache).find((file) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(file));
  const jupyter = path === undefined ? undefined : (require.cache[path]?.exports as TslabJupyter);
  const write = jupyter?.lastWriteDisplayData;
  if (!write) return undefined;
  return {
    display: (data, { metadata = {}, displayId, update = false } = {}) =>
      write({ data, metadata, transient: displayId === undefined ? {} : { display_id: displayId } }, update),
  };
}

/** Deno's, by an interface that Deno calls unstable: where it is missing, what `show` returns shows itself. Deno throws outside of its kernel. */
function denoKernel(): Kernel | undefined {
  let jupyter: { broadcast?: (type: string, content: Readonly<Record<string, unknown>>) => Promise<void> } | undefined;
  try {
    jupyter = (globalThis as { Deno?: { jupyter?: NonNullable<typeof jupyter> } }).Deno?.jupyter;
  } catch {
    return undefined;
  }
  const broadcast = jupyter?.broadcast;
  if (!broadcast) return undefined;
  return {
    display: (data, { metadata = {}, displayId, update = false } = {}) => {
      const transient = displayId === undefined ? {} : { display_id: displayId };
      void broadcast(update ? 'update_display_data' : 'display_data', { data, metadata, transient });
    },
  };
}
