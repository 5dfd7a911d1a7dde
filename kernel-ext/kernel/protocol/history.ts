interface Entry {
  line: number;
  code: string;
}

/** The cells that ran, for `history_request`. */
export class History {
  private readonly entries: Entry[] = [];

  add(line: number, code: string): void {
    this.entries.push({ line, code });
  }

  /** The reply to a history request: by range, from the tail, or by a pattern with * and ?. */
  reply(request: Record<string, unknown>): Record<string, unknown> {
    const found = this.find(request);
    // Session 0 is "this one"; this kernel keeps no outputs, so the third part is null when they are asked for.
    return { status: 'ok', history: found.map(({ line, code }) => [0, line, request.output ? [code, null] : code]) };
  }

  private find(request: Record<string, unknown>): Entry[] {
    const count = typeof request.n === 'number' ? request.n : this.entries.length;
    if (request.hist_access_type === 'range') {
      const start = typeof request.start === 'number' ? request.start : 0;
      const stop = typeof request.stop === 'number' ? request.stop : Number.POSITIVE_INFINITY;
      return this.entries.filter(({ line }) => line >= start && line < stop);
    }
    if (request.hist_access_type === 'search') {
      const escaped = String(request.pattern ?? '*').replace(/[.+^${}()|[\]\\]/g, '\\$&');
      const pattern = new RegExp(`^${escaped.replaceAll('*', '[\\s\\S]*').replaceAll('?', '[\\s\\S]')}$`);
      const matching = this.entries.filter(({ code }) => pattern.test(code));
      const last = new Map(matching.map((entry) => [entry.code, entry]));
      return (request.unique ? [...last.values()] : matching).slice(-count);
    }
    return count > 0 ? this.entries.slice(-count) : [];
  }
}
