/** A trial that a signal has cut short is none. */
export function unlessStopped(error: unknown): null {
  if (error instanceof Error && error.name === 'AbortError') return null;
  throw error;
}
