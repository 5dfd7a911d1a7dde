/**
 * The kernel has two threads. The protocol thread owns the sockets, so that it hears an interrupt, a shutdown and the
 * heartbeat while a cell computes; the main thread type-checks and runs cells. This is what they say to each other.
 */

/** From the protocol thread to the main thread. `id` names the Jupyter request. */
export type Task =
  | { kind: 'execute'; id: string; code: string; count: number; silent: boolean }
  | { kind: 'complete'; id: string; code: string; cursor: number }
  | { kind: 'inspect'; id: string; code: string; cursor: number; detail: number }
  | { kind: 'isComplete'; id: string; code: string }
  | { kind: 'interrupt' }
  | { kind: 'nothing' }
  | { kind: 'shutdown' };

/** From the main thread to the protocol thread. */
export type Report =
  | { kind: 'ready'; language: string }
  | { kind: 'reply'; id: string; content: Record<string, unknown> }
  | { kind: 'publish'; id: string; type: string; content: Record<string, unknown> }
  | { kind: 'stream'; id: string; name: 'stdout' | 'stderr'; text: string }
  | { kind: 'signal' };

/** What the main thread is doing: only running code may be cut off, a half-finished type check would stay broken. */
export enum Phase {
  Idle = 0,
  Compiling = 1,
  Running = 2,
}

/** A few numbers that both threads see at once, also while the main thread is in a loop. */
export class Flags {
  private readonly cells: Int32Array;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(16)) {
    this.cells = new Int32Array(memory);
  }

  get phase(): Phase {
    return Atomics.load(this.cells, 0);
  }
  set phase(value: Phase) {
    Atomics.store(this.cells, 0, value);
  }

  /** The user asked to stop the cell that runs. */
  get interrupted(): boolean {
    return Atomics.load(this.cells, 1) === 1;
  }
  set interrupted(value: boolean) {
    Atomics.store(this.cells, 1, value ? 1 : 0);
  }

  /** The main thread's event loop has taken note of the interrupt: nothing needs to be cut off any more. */
  get heard(): boolean {
    return Atomics.load(this.cells, 2) === 1;
  }
  set heard(value: boolean) {
    Atomics.store(this.cells, 2, value ? 1 : 0);
  }

  /** The cell looks at its signal, so it will stop by itself and keep its partial result. */
  get cooperative(): boolean {
    return Atomics.load(this.cells, 3) === 1;
  }
  set cooperative(value: boolean) {
    Atomics.store(this.cells, 3, value ? 1 : 0);
  }
}
