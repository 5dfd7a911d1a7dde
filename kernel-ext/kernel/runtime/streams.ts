import { StringDecoder } from 'node:string_decoder';

type Name = 'stdout' | 'stderr';

/** Sends what cells and libraries print to the notebook instead of the terminal that started Jupyter. */
export function captureStreams(write: (name: Name, text: string) => void): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const decoder = new StringDecoder('utf8');
    const replacement = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
      const text = typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk));
      if (text !== '') write(name, text);
      const done = typeof encoding === 'function' ? encoding : callback;
      if (typeof done === 'function') queueMicrotask(() => done());
      return true;
    };
    process[name].write = replacement as typeof process.stdout.write;
  }
}
