type Frames = (Buffer | string)[];

/** Sends messages over one socket in order: a ZeroMQ socket of Node takes only one at a time. */
export class Outbox {
  private readonly queue: Frames[] = [];
  private sending: Promise<void> | undefined;

  constructor(private readonly socket: { send(frames: Frames): Promise<void> }) {}

  send(frames: Frames): void {
    this.queue.push(frames);
    this.sending ??= this.drain();
  }

  /** Resolves when everything is handed over. */
  async empty(): Promise<void> {
    await this.sending;
  }

  private async drain(): Promise<void> {
    try {
      for (let next = this.queue.shift(); next; next = this.queue.shift()) await this.socket.send(next);
    } finally {
      this.sending = undefined;
    }
  }
}
