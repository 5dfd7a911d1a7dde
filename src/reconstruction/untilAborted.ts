/** What the work comes to, or as soon as the signal comes what `stopped` gives, which may throw; the work itself goes on. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, stopped: () => T): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      try {
        resolve(stopped());
      } catch (error) {
        reject(error);
      }
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
