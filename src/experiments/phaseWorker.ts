/** Worker entry: one trial per task. */
export { phaseTrial as default } from './phaseTrial';
