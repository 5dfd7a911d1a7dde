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
