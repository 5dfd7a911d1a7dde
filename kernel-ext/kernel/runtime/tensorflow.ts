interface Model {
  stopTraining?: boolean;
}
type Fit = (this: Model, ...args: unknown[]) => Promise<unknown>;
type ModelClass = { prototype: Record<string, Fit> };

const training = new Set<Model>();
const patched = new WeakSet<object>();

interface TensorFlow {
  LayersModel?: ModelClass;
  findBackend?(name: string): { firstUse?: boolean } | null;
}

/**
 * Makes TensorFlow.js fit for a notebook: its advertisement for the native backend is not a cell's output, and models in
 * training are noted, so that an interrupt ends them after their current batch.
 *
 * @param onTraining called when a training starts: cutting off a batch would leave its `fit` without an end
 */
export function prepareTensorflow(module: unknown, onTraining: () => void): void {
  const tf = module as TensorFlow;
  const cpu = tf.findBackend?.('cpu');
  if (cpu) {
    cpu.firstUse = false;
    // The engine makes itself another backend of this class, whose constructor sets the field again.
    Object.defineProperty(Object.getPrototypeOf(cpu), 'firstUse', {
      get: () => false,
      set: () => undefined,
      configurable: true,
    });
  }
  const models = tf.LayersModel?.prototype;
  if (!models || patched.has(models)) return;
  patched.add(models);
  for (const name of ['fit', 'fitDataset']) {
    const original = models[name];
    if (!original) continue;
    models[name] = async function (this: Model, ...args) {
      training.add(this);
      onTraining();
      try {
        return await original.apply(this, args);
      } finally {
        training.delete(this);
      }
    };
  }
}

/** Ends every training that runs; each `fit` then returns with the history so far. */
export function stopTraining(): void {
  for (const model of training) model.stopTraining = true;
}
