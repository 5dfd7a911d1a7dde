import type { Watch } from '../types';

/** How one of several equal parts of a work is watched: its progress becomes that of the whole, its notes stand behind those of the whole. */
export function partWatch({ signal, onProgress }: Watch, [k, of]: readonly [number, number], what: string): Watch {
  return {
    ...(signal && { signal }),
    ...(onProgress && {
      onProgress: (fraction, note) =>
        onProgress((k + Math.min(1, fraction)) / of, [what, note].filter(Boolean).join(', ')),
    }),
  };
}
