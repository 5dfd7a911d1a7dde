import { readFileSync } from 'node:fs';
import { Publisher, Reply, Router } from 'zeromq';

/** What Jupyter writes into the connection file. */
export interface Connection {
  readonly transport: string;
  readonly ip: string;
  readonly key: string;
  readonly shell_port: number;
  readonly control_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly hb_port: number;
}

/** The five sockets of a kernel, bound. */
export interface Sockets {
  readonly connection: Connection;
  readonly shell: Router;
  readonly control: Router;
  readonly iopub: Publisher;
  close(): void;
}

/** Binds the sockets and answers the heartbeat. */
export async function openSockets(connectionFile: string): Promise<Sockets> {
  const connection = JSON.parse(readFileSync(connectionFile, 'utf8')) as Connection;
  const shell = new Router();
  const control = new Router();
  const stdin = new Router();
  const heartbeat = new Reply();
  // Without a limit: at the default of 1000 messages a cell that prints a lot would lose lines.
  const iopub = new Publisher({ sendHighWaterMark: 0 });
  const all = [iopub, shell, control, stdin, heartbeat];
  for (const socket of all) socket.linger = 1000;
  const bind = (socket: { bind(address: string): Promise<void> }, port: number) =>
    socket.bind(`${connection.transport}://${connection.ip}:${port}`);
  await Promise.all([
    bind(iopub, connection.iopub_port),
    bind(shell, connection.shell_port),
    bind(control, connection.control_port),
    bind(stdin, connection.stdin_port),
    bind(heartbeat, connection.hb_port),
  ]);
  void echo(heartbeat);
  return {
    connection,
    shell,
    control,
    iopub,
    close() {
      for (const socket of all) socket.close();
    },
  };
}

async function echo(heartbeat: Reply): Promise<void> {
  for await (const frames of heartbeat) await heartbeat.send(frames);
}
