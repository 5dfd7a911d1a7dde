import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { packageHome } from '../home';

/** One picture, table or text in several forms; the notebook shows the richest that it knows. */
export type MimeBundle = Record<string, unknown>;

/** What a cell can do to its output area. The library's `show` and `progress` find it under `Symbol.for('exan.kernel')`. */
export interface KernelApi {
  /** Sends all forms of one thing at once; with `update`, replaces what has the same `displayId`. */
  display(
    data: MimeBundle,
    options?: { metadata?: Record<string, unknown>; displayId?: string; update?: boolean },
  ): void;
  /** Empties the output area, at once or when the next output arrives. */
  clearOutput(wait?: boolean): void;
  /** Aborts when the user interrupts the cell that runs. */
  readonly signal: AbortSignal;
  /** Calls back when the cell that runs ends, before its reply; outside of a cell never. */
  onCellEnd(callback: () => void): void;
}

/** Sends one message about the cell that runs. */
export type Publish = (type: string, content: Record<string, unknown>) => void;

const encoded = (data: MimeBundle): MimeBundle =>
  Object.fromEntries(
    Object.entries(data).map(([type, value]) => [
      type,
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
    ]),
  );

/** Puts the display functions where the library and tslab's own `display` look for them. */
export function installDisplay(publish: Publish, cell: Pick<KernelApi, 'signal' | 'onCellEnd'>): void {
  const send: KernelApi['display'] = (data, { metadata = {}, displayId, update = false } = {}) => {
    if (update && displayId === undefined) throw new Error('display: an update needs a displayId');
    publish(update ? 'update_display_data' : 'display_data', {
      data: encoded(data),
      metadata,
      transient: displayId === undefined ? {} : { display_id: displayId },
    });
  };
  const api: KernelApi = {
    display: send,
    clearOutput: (wait = false) => publish('clear_output', { wait }),
    onCellEnd: (callback) => cell.onCellEnd(callback),
    get signal() {
      return cell.signal;
    },
  };
  (globalThis as Record<symbol, unknown>)[Symbol.for('exan.kernel')] = api;

  // `import { display } from 'tslab'` keeps working: it writes through this variable of tslab's protocol module.
  const tslab = require('tslab/dist/jupyter') as { lastWriteDisplayData: unknown };
  tslab.lastWriteDisplayData = (content: Record<string, unknown>, update?: boolean) =>
    publish(update ? 'update_display_data' : 'display_data', content);
}

/** Rows of a result's table: `show` has all. */
const rows = 20;

/** What the library's own values look like, when there is a library: a network is a line then, not its weights. */
function known(value: unknown): MimeBundle | undefined {
  if (typeof value !== 'object') return undefined;
  const file = join(packageHome(), 'dist', 'notebook', 'knownBundle.js');
  if (!existsSync(file)) return undefined;
  const { knownBundle } = require(file) as {
    knownBundle(value: unknown, options: { rows: number }): MimeBundle | undefined;
  };
  return knownBundle(value, { rows });
}

/**
 * The forms of a cell's result: its own (`[Symbol.for('Jupyter.display')]()`), those that the library has for it, or as Node's
 * console prints it.
 */
export async function resultBundle(value: unknown): Promise<MimeBundle> {
  const own = (value as Record<symbol, unknown> | undefined)?.[Symbol.for('Jupyter.display')];
  if (typeof own === 'function') return encoded((await own.call(value)) as MimeBundle);
  const bundle = known(value);
  if (bundle) return encoded(bundle);
  return { 'text/plain': inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000 }) };
}
