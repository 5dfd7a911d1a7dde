interface Model {
  stopTraining?: boolean;
}
type Fit = (this: Model, ...args: unknown[]) => Promise<unknown>;
type ModelClass = { prototype: Record<string, Fit> };

const training = new Set<Model>();
const patched = new WeakSet<object>();

/** Keeps note of the TensorFlow.js models in training, so that an interrupt ends them after their current batch. */
export function watchTraining(tf: unknown): void {
  const models = (tf as { LayersModel?: ModelClass }).LayersModel?.prototype;
  if (!models || patched.has(models)) return;
  patched.add(models);
  for (const name of ['fit', 'fitDataset']) {
    const original = models[name];
    if (!original) continue;
    models[name] = async function (this: Model, ...args) {
      training.add(this);
      try {
        return await original.apply(this, args);
      } finally {
        training.delete(this);
      }
    };
  }
}

/** Ends every training that runs; each `fit` then returns with the history so far. */
export function stopTraining(): boolean {
  for (const model of training) model.stopTraining = true;
  return training.size > 0;
}
