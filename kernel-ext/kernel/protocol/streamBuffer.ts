type Name = 'stdout' | 'stderr';

/** Joins what is printed in quick succession into one message: a loop of console.log would else send thousands. */
export class StreamBuffer {
  private name: Name = 'stdout';
  private id = '';
  private text: string[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly send: (id: string, name: Name, text: string) => void) {}

  add(id: string, name: Name, text: string): void {
    if (id !== this.id || name !== this.name) this.flush();
    this.id = id;
    this.name = name;
    this.text.push(text);
    this.timer ??= setTimeout(() => this.flush(), 20);
  }

  /** Sends what is held back; called before any other message, to keep the order. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.text.length === 0) return;
    const text = this.text.join('');
    this.text = [];
    this.send(this.id, this.name, text);
  }
}
