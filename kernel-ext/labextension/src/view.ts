/** What shows data of one MIME type inside an element; rendering again updates it in place. */
export interface View {
  render(data: unknown): Promise<void> | void;
  dispose(): void;
}
