import type { Flags } from '../channel';

/** What an interrupted cell ends with; named as in every Jupyter kernel. */
export class KeyboardInterrupt extends Error {
  override readonly name = 'KeyboardInterrupt';
  constructor() {
    super('the cell was interrupted');
  }
}

/**
 * One cell's way of hearing that it should stop: an AbortSignal for code that looks at it, and `guard` for its awaits.
 */
export class Interruption {
  private readonly controller = new AbortController();
  private readonly waiting = new Set<(reason: Error) => void>();
  private stopped: KeyboardInterrupt | undefined;

  constructor(flags: Flags) {
    const { signal } = this.controller;
    const really = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted')!.get!;
    const noteListener = () => {
      flags.cooperative = true;
    };
    const addEventListener = signal.addEventListener.bind(signal);
    Object.defineProperties(signal, {
      // A loop without awaits never lets an event in, so `aborted` reads the flag that the protocol thread sets.
      aborted: {
        get: () => {
          noteListener();
          return really.call(signal) || (flags.interrupted && !this.over);
        },
      },
      throwIfAborted: {
        value: () => {
          if (signal.aborted) throw this.reason();
        },
      },
      addEventListener: {
        value: (...args: Parameters<typeof addEventListener>) => {
          noteListener();
          addEventListener(...args);
        },
      },
    });
  }

  /** True once the cell has ended; its signal no longer follows the flag, which then belongs to the next cell. */
  over = false;

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Tells code that looks at the signal. */
  abort(): void {
    this.controller.abort(this.reason());
  }

  /** Ends every await of the cell with a KeyboardInterrupt, so that its `finally` blocks run. */
  stopAwaits(): void {
    const reason = this.reason();
    for (const reject of [...this.waiting]) reject(reason);
    this.waiting.clear();
  }

  /** Wraps what a cell awaits. A set of waiters, not Promise.race, which would keep a record of every await. */
  readonly guard = (value: unknown): unknown => {
    if (typeof (value as PromiseLike<unknown> | undefined)?.then !== 'function') return value;
    return new Promise((resolve, reject) => {
      this.waiting.add(reject);
      const settled = <T>(then: (x: T) => void) => {
        return (x: T) => {
          this.waiting.delete(reject);
          then(x);
        };
      };
      Promise.resolve(value).then(settled(resolve), settled(reject));
    });
  };

  /** The error that ends this cell, made once. */
  reason(): KeyboardInterrupt {
    this.stopped ??= new KeyboardInterrupt();
    return this.stopped;
  }
}
