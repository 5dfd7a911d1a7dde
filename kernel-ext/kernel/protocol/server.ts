import { randomUUID } from 'node:crypto';
import type { Flags, Report, Task } from '../channel';
import { History } from './history';
import { Interrupter } from './interrupter';
import { kernelInfo } from './kernelInfo';
import { frames, type Message, parse, Replays } from './message';
import { Outbox } from './outbox';
import type { Sockets } from './sockets';
import { StreamBuffer } from './streamBuffer';

interface Pending {
  readonly message: Message;
  readonly outbox: Outbox;
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Speaks Jupyter's message protocol with the clients, and hands work to the main thread. */
export class Server {
  private readonly session = randomUUID();
  private readonly iopub: Outbox;
  private readonly shell: Outbox;
  private readonly control: Outbox;
  private readonly pending = new Map<string, Pending>();
  private readonly history = new History();
  private readonly replays = new Replays();
  private readonly interrupter: Interrupter;
  private readonly streams = new StreamBuffer((id, name, text) => this.publish(id, 'stream', { name, text }));
  private waiting: Pending[] = [];
  private executing: Pending | undefined;
  private ready: string | undefined;
  private readonly early: (() => void)[] = [];
  private count = 0;

  constructor(
    private readonly sockets: Sockets,
    private readonly version: string,
    flags: Flags,
    private readonly post: (task: Task) => void,
  ) {
    this.iopub = new Outbox(sockets.iopub);
    this.shell = new Outbox(sockets.shell);
    this.control = new Outbox(sockets.control);
    this.interrupter = new Interrupter(flags, post);
  }

  /** Listens until the sockets close. */
  async listen(): Promise<void> {
    this.status('starting', undefined);
    await Promise.all([this.receive(this.sockets.shell, this.shell), this.receive(this.sockets.control, this.control)]);
  }

  private async receive(socket: AsyncIterable<Buffer[]>, outbox: Outbox): Promise<void> {
    for await (const received of socket) {
      const message = parse(this.sockets.connection.key, received);
      // not signed with our key, sent before, or garbage: dropped, as the protocol asks
      if (!message || this.replays.has(message)) continue;
      const handle = () => this.request({ message, outbox });
      // Work that needs the main thread waits until the types are read; interrupt and shutdown do not.
      if (this.ready === undefined && outbox === this.shell) this.early.push(handle);
      else handle();
    }
  }

  private request(request: Pending): void {
    const { header, content } = request.message;
    const id = header.msg_id;
    if (header.msg_type === 'execute_request') {
      this.waiting.push(request);
      this.next();
      return;
    }
    this.status('busy', request);
    const ask = (task: Task) => {
      this.pending.set(id, request);
      this.interrupter.whenSettled(() => this.post(task));
    };
    const answer = (type: string, reply: Record<string, unknown>) => {
      this.reply(request, type, reply);
      this.status('idle', request);
    };
    const code = text(content.code);
    const cursor = number(content.cursor_pos);
    switch (header.msg_type) {
      case 'complete_request':
        ask({ kind: 'complete', id, code, cursor });
        return;
      case 'inspect_request':
        ask({ kind: 'inspect', id, code, cursor, detail: number(content.detail_level) });
        return;
      case 'is_complete_request':
        ask({ kind: 'isComplete', id, code });
        return;
      case 'kernel_info_request':
        answer('kernel_info_reply', kernelInfo(this.ready ?? '', this.version));
        return;
      case 'history_request':
        answer('history_reply', this.history.reply(content));
        return;
      case 'comm_info_request':
        answer('comm_info_reply', { status: 'ok', comms: {} });
        return;
      case 'comm_open':
        // No comm targets here: the protocol answers by closing.
        this.publish(id, 'comm_close', { comm_id: content.comm_id, data: {} }, request);
        this.status('idle', request);
        return;
      case 'interrupt_request':
        this.interrupter.interrupt();
        answer('interrupt_reply', { status: 'ok' });
        return;
      case 'shutdown_request':
        return void this.shutdown(request, content.restart === true);
      default:
        this.status('idle', request);
        return;
    }
  }

  /** Starts the next cell when none runs. */
  private next(): void {
    if (this.executing) return;
    const request = this.waiting.shift();
    if (!request) return;
    this.executing = request;
    const { header, content } = request.message;
    const silent = content.silent === true;
    const counted = !silent && content.store_history !== false;
    const code = text(content.code);
    this.status('busy', request);
    if (counted) this.history.add(++this.count, code);
    this.pending.set(header.msg_id, request);
    if (!silent) this.publish(header.msg_id, 'execute_input', { code, execution_count: this.count });
    const count = this.count;
    this.interrupter.forget();
    this.interrupter.whenSettled(() => this.post({ kind: 'execute', id: header.msg_id, code, count, silent }));
  }

  /** Takes what the main thread has to say. */
  hear(report: Report): void {
    switch (report.kind) {
      case 'ready':
        this.ready = report.language;
        for (const handle of this.early.splice(0)) handle();
        return;
      case 'signal':
        this.interrupter.interrupt();
        return;
      case 'stream':
        this.streams.add(report.id, report.name, report.text);
        return;
      case 'publish':
        this.streams.flush();
        this.publish(report.id, report.type, report.content);
        return;
      case 'reply':
        this.streams.flush();
        this.answered(report.id, report.content);
        return;
    }
  }

  private answered(id: string, content: Record<string, unknown>): void {
    const request = this.pending.get(id);
    if (!request) return;
    const answer = () => {
      this.reply(request, request.message.header.msg_type.replace(/_request$/, '_reply'), content);
      this.status('idle', request);
    };
    if (request !== this.executing) {
      this.pending.delete(id);
      answer();
      return;
    }
    this.forgetOlderThan(id);
    if (content.status === 'error' && request.message.content.stop_on_error !== false) {
      this.abortWaiting(answer);
      return;
    }
    this.executing = undefined;
    answer();
    this.next();
  }

  /** The last cell may still print, so its request is kept; those before it are not. */
  private forgetOlderThan(id: string): void {
    for (const [known, { message }] of this.pending)
      if (known !== id && message.header.msg_type === 'execute_request') this.pending.delete(known);
  }

  /**
   * A cell failed: those sent with it ("run all") do not run. They may be on their way for a moment, so that is waited for
   * before the failure is answered; what a client sends after the answer runs.
   */
  private abortWaiting(answer: () => void): void {
    setTimeout(() => {
      const aborted = this.waiting.splice(0);
      answer();
      for (const request of aborted) {
        this.status('busy', request);
        this.reply(request, 'execute_reply', { status: 'aborted', execution_count: this.count });
        this.status('idle', request);
      }
      this.executing = undefined;
      this.next();
    }, 10);
  }

  private async shutdown(request: Pending, restart: boolean): Promise<void> {
    const content = { status: 'ok', restart };
    this.reply(request, 'shutdown_reply', content);
    this.publish(request.message.header.msg_id, 'shutdown_reply', content, request);
    this.status('idle', request);
    await Promise.all([this.iopub.empty(), this.shell.empty(), this.control.empty()]);
    this.sockets.close();
    this.leave();
  }

  /** Ends the process; a cell that computes is stopped first, and one that cannot be stopped is killed. */
  leave(): void {
    this.post({ kind: 'shutdown' });
    this.interrupter.interrupt();
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2000);
  }

  private reply({ message, outbox }: Pending, type: string, content: Record<string, unknown>): void {
    const { key } = this.sockets.connection;
    outbox.send(frames(key, this.session, message.header, message.identities, type, content));
  }

  private publish(id: string, type: string, content: Record<string, unknown>, request = this.pending.get(id)): void {
    const { key } = this.sockets.connection;
    this.iopub.send(
      frames(key, this.session, request?.message.header, [`kernel.${this.session}.${type}`], type, content),
    );
  }

  private status(state: 'starting' | 'busy' | 'idle', request: Pending | undefined): void {
    this.publish('', 'status', { execution_state: state }, request);
  }
}
