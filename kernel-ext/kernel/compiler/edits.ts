/** Insertions into a text that remember where everything was before. */
export class Edits {
  private readonly inserted: { at: number; text: string }[] = [];

  /** Inserts `text` before the character that now stands at `at` (an offset in the unedited text). */
  insert(at: number, text: string): void {
    this.inserted.push({ at, text });
  }

  /** The same insertions, each `by` characters further on. */
  shifted(by: number): Edits {
    const moved = new Edits();
    for (const { at, text } of this.inserted) moved.insert(at + by, text);
    return moved;
  }

  apply(original: string): string {
    this.inserted.sort((a, b) => a.at - b.at);
    let result = '';
    let from = 0;
    for (const { at, text } of this.inserted) {
      result += original.slice(from, at) + text;
      from = at;
    }
    return result + original.slice(from);
  }

  /** The offset in the unedited text of an offset in the edited one. */
  original(offset: number): number {
    let shift = 0;
    for (const { at, text } of this.inserted) {
      if (at + shift >= offset) break;
      shift += Math.min(text.length, offset - at - shift);
    }
    return offset - shift;
  }
}
