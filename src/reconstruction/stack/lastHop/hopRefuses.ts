import { InputError } from '../../../check';
import type { Layer } from '../../../types';
import { stagesOf } from './stages';

/** Why the last hop does not take these layers, or null: an attack then ends above them with that reason. */
export function hopRefuses(layers: readonly Layer[]): string | null {
  try {
    stagesOf(layers);
    return null;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}
