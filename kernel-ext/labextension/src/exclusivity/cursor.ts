/** Where the pointer or the keyboard is. */
export interface Cursor {
  layer: number;
  sample: number;
  neuron: number;
}
