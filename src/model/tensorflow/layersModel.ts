/**
 * A model of TensorFlow.js, as far as declarations need it: theirs ask for those of a browser, which a notebook's compiler does not have.
 * `tf.sequential` and `tf.model` make such models.
 */
export interface LayersModel {
  readonly name: string;
  readonly layers: readonly object[];
  readonly inputs: readonly object[];
  readonly outputs: readonly object[];
}
