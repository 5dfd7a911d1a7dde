import { assemble } from './assembler';
import { boxKernel, differenceMapKernel } from './differenceMapKernel';
import { panelKernel } from './panelKernel';
import { patchDots, patchSpread } from './patchKernels';

/** The kernels, bound to one memory. */
export interface Kernels {
  panelF32(a: number, x: number, c: number, blocks: number, groups: number): void;
  panelF64(a: number, x: number, c: number, blocks: number, groups: number): void;
  differenceMapStep: DifferenceMapStep;
  differenceMapBand: DifferenceMapStep;
  /** its last parameter is the address of the slopes */
  differenceMapSloped: DifferenceMapStep;
  /** it needs the last three parameters */
  differenceMapSigned: DifferenceMapStep;
  boxStep(x: number, px: number, cx: number, rows: number, beta: number, low: number, high: number): void;
  patchDots(list: number, quads: number, rows: number, pairs: number, jump: number, from: number, to: number): void;
  patchSpread(list: number, quads: number, rows: number, pairs: number, jump: number, to: number, from: number): void;
}

type DifferenceMapStep = (
  ...parameters: [
    v: number,
    u: number,
    pv: number,
    pu: number,
    c: number,
    sums: number,
    rows: number,
    beta: number,
    slack: number,
    z?: number,
    pz?: number,
    cz?: number,
  ]
) => void;

/** Memory that only grows; views are taken anew after each reservation, since growing detaches the old ones. */
export interface Workspace {
  readonly kernels: Kernels;
  /** makes at least this many bytes available, from address 0 */
  reserve(bytes: number): void;
  f32(address: number, length: number): Float32Array;
  f64(address: number, length: number): Float64Array;
  i32(address: number, length: number): Int32Array;
}

// TypeScript declares WebAssembly only together with the browser's DOM
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
const wasm = (
  globalThis as unknown as {
    WebAssembly: {
      Module: new (bytes: Uint8Array) => object;
      Memory: new (size: { initial: number }) => Memory;
      Instance: new (module: object, imports: object) => { readonly exports: object };
    };
  }
).WebAssembly;

let compiled: object | undefined;

/** A fresh workspace; the module is assembled and compiled once per thread (a few milliseconds). */
export function workspace(): Workspace {
  compiled ??= new wasm.Module(
    assemble([
      ...[panelKernel('panelF32', 'f32'), panelKernel('panelF64', 'f64')],
      differenceMapKernel('differenceMapStep', 'zero'),
      differenceMapKernel('differenceMapBand', 'band'),
      differenceMapKernel('differenceMapSloped', 'sloped'),
      differenceMapKernel('differenceMapSigned', 'signed'),
      boxKernel('boxStep'),
      ...[patchDots, patchSpread],
    ]),
  );
  const memory = new wasm.Memory({ initial: 1 });
  const { exports } = new wasm.Instance(compiled, { env: { memory } });
  return {
    kernels: exports as Kernels,
    reserve(bytes) {
      const missing = Math.ceil((bytes - memory.buffer.byteLength) / 65536);
      if (missing > 0) memory.grow(missing);
    },
    f32: (address, length) => new Float32Array(memory.buffer, address, length),
    f64: (address, length) => new Float64Array(memory.buffer, address, length),
    i32: (address, length) => new Int32Array(memory.buffer, address, length),
  };
}
