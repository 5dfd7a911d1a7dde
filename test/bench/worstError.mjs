/** Squared error of the worst of a batch's samples, each held against the found one of its label that is nearest. */
export function worstError(samples, inputs, labels) {
  let most = 0;
  for (let m = 0; m < inputs.rows; m++) {
    const errors = samples.map((s) => {
      let sum = s.label === labels[m] ? 0 : inputs.columns;
      for (let k = 0; k < inputs.columns; k++) sum += (s.input[k] - inputs.data[m * inputs.columns + k]) ** 2;
      return sum / inputs.columns;
    });
    most = Math.max(most, Math.min(...errors));
  }
  return most;
}
