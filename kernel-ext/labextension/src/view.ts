/** What shows data of one MIME type inside an element; rendering again updates it in place. */
export interface View {
  /** `words` say what it shows, for those who do not see it */
  render(data: unknown, words?: string): Promise<void> | void;
  dispose(): void;
}
