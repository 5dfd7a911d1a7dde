import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

export interface Header extends Record<string, unknown> {
  msg_id: string;
  msg_type: string;
  session: string;
}

/** A request as it came over the wire. */
export interface Message {
  readonly identities: Buffer[];
  readonly header: Header;
  readonly content: Record<string, unknown>;
  /** empty when the connection has no key */
  readonly signature: string;
}

const delimiter = Buffer.from('<IDS|MSG>');

/** The hex HMAC of the four parts; empty when the connection has no key. */
export function sign(key: string, parts: readonly (Buffer | string)[]): string {
  if (key === '') return '';
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}

function sameText(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

/** The request in these frames, or undefined when it is malformed or not signed with our key. */
export function parse(key: string, frames: readonly Buffer[]): Message | undefined {
  const at = frames.findIndex((frame) => frame.equals(delimiter));
  const [signature, ...parts] = at < 0 ? [] : frames.slice(at + 1, at + 6);
  if (!signature || parts.length < 4 || !sameText(signature.toString(), sign(key, parts))) return undefined;
  try {
    const header = JSON.parse(parts[0]!.toString()) as Header;
    const content: unknown = JSON.parse(parts[3]!.toString());
    if (typeof header?.msg_type !== 'string' || typeof header.msg_id !== 'string' || !isObject(content))
      return undefined;
    return { identities: frames.slice(0, at), header, content, signature: signature.toString() };
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Remembers the signatures of messages, so that a recorded one that is sent again can be told; the oldest are forgotten. */
export class Replays {
  private readonly seen = new Set<string>();

  constructor(private readonly most = 65_536) {}

  /** True for a message that came before; always false without a key. */
  has({ signature }: Message): boolean {
    if (signature === '') return false;
    if (this.seen.has(signature)) return true;
    this.seen.add(signature);
    const [oldest = ''] = this.seen;
    if (this.seen.size > this.most) this.seen.delete(oldest);
    return false;
  }
}

/** The frames of a message that answers `parent`. */
export function frames(
  key: string,
  session: string,
  parent: Header | undefined,
  identities: readonly (Buffer | string)[],
  type: string,
  content: Record<string, unknown>,
): (Buffer | string)[] {
  const header = {
    msg_id: randomUUID(),
    session,
    username: 'kernel',
    date: new Date().toISOString(),
    msg_type: type,
    version: '5.3',
  };
  const parts = [header, parent ?? {}, {}, content].map((part) => JSON.stringify(part));
  return [...identities, delimiter, sign(key, parts), ...parts];
}
