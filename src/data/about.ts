/** What is known of a published data set. */
export interface About {
  readonly title: string;
  /** of a sample, and how many there are */
  readonly shape: string;
  readonly classes: number;
  readonly licence: string;
  readonly citation: string;
  /** page where it is described and had */
  readonly home: string;
  /** its files, as their authors publish them */
  readonly files: readonly PublishedFile[];
  /** how a file of it in the data folder looks */
  readonly form: string;
  /** where it is looked for in a data folder, in this order */
  readonly places: readonly string[];
}

/** A file at its official place. */
export interface PublishedFile {
  readonly name: string;
  readonly url: string;
  /** of its bytes: what its authors publish; `git` is the id that git gives a file of this content */
  readonly checksum: { readonly kind: 'md5' | 'sha256' | 'git'; readonly value: string };
}
