/** The few parts of JupyterLab's interfaces that a MIME renderer meets; the real ones come with JupyterLab itself. */

export interface MimeModel {
  readonly data: Record<string, unknown>;
}

export interface RendererOptions {
  readonly mimeType: string;
}

/** Lumino's widget: an element with a life cycle. */
export interface WidgetBase {
  readonly node: HTMLElement;
  readonly isDisposed: boolean;
  addClass(name: string): void;
  dispose(): void;
}
export type WidgetClass = new () => WidgetBase;

type Factory = () => unknown;
/** Webpack's shared scope: for each package the versions that JupyterLab offers. */
export type SharedScope = Record<string, Record<string, { get(): Promise<Factory> | Factory }>>;

/** A module that JupyterLab shares with its extensions. */
export async function shared<T>(scope: SharedScope, name: string): Promise<T> {
  const [version] = Object.values(scope[name] ?? {});
  if (!version) throw new Error(`exan-lab: JupyterLab does not offer ${name}`);
  const factory = await version.get();
  return factory() as T;
}
