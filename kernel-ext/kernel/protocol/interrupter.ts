import { Session } from 'node:inspector';
import { type Flags, Phase, type Task } from '../channel';

/** How long code that blocks the main thread goes on after an interrupt, in ms: longer when it looks at its signal. */
const patience = { plain: 40, cooperative: 1500 };
const look = 20;

/**
 * Stops the cell that runs. The main thread is asked first. When it does not hear, because code keeps it busy, V8 is told
 * to end that code: the debugger's terminateExecution reaches sync loops, also those after an await or in a callback.
 */
export class Interrupter {
  private watching: NodeJS.Timeout | undefined;
  private terminating: Promise<void> | undefined;

  constructor(
    private readonly flags: Flags,
    private readonly post: (task: Task) => void,
  ) {}

  interrupt(): void {
    const impatient = this.watching !== undefined;
    this.flags.interrupted = true;
    this.flags.heard = false;
    this.post({ kind: 'interrupt' });
    clearTimeout(this.watching);
    this.watch(Date.now(), impatient);
  }

  /** A new cell starts: an interrupt meant for an earlier one does not reach it. */
  forget(): void {
    clearTimeout(this.watching);
    this.calm();
    this.flags.interrupted = false;
    this.flags.heard = false;
  }

  private watch(since: number, impatient: boolean): void {
    this.watching = setTimeout(() => {
      if (this.flags.heard) return this.calm();
      const waited = Date.now() - since;
      const limit = this.flags.cooperative && !impatient ? patience.cooperative : patience.plain;
      if (waited >= limit && this.flags.phase === Phase.Running) this.terminate();
      this.watch(since, impatient);
    }, look);
  }

  private terminate(): void {
    if (this.terminating) return; // one is on its way
    const inspector = new Session();
    inspector.connectToMainThread();
    this.terminating = new Promise((resolve) => {
      inspector.post('Runtime.terminateExecution', () => {
        this.terminating = undefined;
        inspector.disconnect(); // at once: Node waits for debuggers before it ends
        resolve();
      });
    });
  }

  /**
   * Acts when no termination is on its way. One that finds nothing to end stays in force for whatever runs next, which
   * must not be a new cell: a message without meaning takes it.
   */
  whenSettled(act: () => void): void {
    if (!this.terminating) {
      act();
      return;
    }
    this.post({ kind: 'nothing' });
    void this.terminating.then(act);
  }

  /** The main thread answers again. */
  private calm(): void {
    this.watching = undefined;
  }
}
