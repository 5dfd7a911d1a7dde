import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { Tinypool } from 'tinypool';
import { InputError } from '../../check';
import type { Dataset } from '../../data/dataset';
import { untilAborted } from '../../reconstruction/untilAborted';
import type { Experiment, TrialWatch } from './experiment';
import type { PlainDataset, TrialAnswer, TrialTask, TrialWord } from './trialThread';

/** Threads that run trials, each on its own copy of the samples. */
export interface TrialThreads {
  /** @throws AbortError when the signal ends the trial, and its thread with it; InputError when the trial refuses its point */
  run<P extends object, T extends P>(experiment: Experiment<P, T>, point: P, watch: TrialWatch): Promise<T>;
  close(): Promise<void>;
}

/** Starts as many threads, so that whoever asks for trials keeps its turns while they compute. */
export function trialThreads(count: number, dataset: Dataset | undefined): TrialThreads {
  const pool = new Tinypool({
    filename: join(__dirname, 'trialThread.js'),
    minThreads: count,
    maxThreads: count,
    ...(dataset && { workerData: plain(dataset) }),
  });
  /** threads that are to be ended, once they may be */
  const ending = new Set<Promise<void>>();
  return {
    async close() {
      await Promise.all(ending);
      await pool.destroy();
    },
    async run<P extends object, T extends P>({ name }: Experiment<P, T>, point: P, watch: TrialWatch): Promise<T> {
      const { port1, port2 } = new MessageChannel();
      const ready = new Promise<void>((done) => {
        port1.on('message', (said: TrialWord) => {
          if (said === 'loaded') done();
          else watch.onProgress?.(...said);
        });
        port1.on('close', done);
      });
      const end = new AbortController();
      const task: TrialTask = { experiment: name, point, workers: watch.workers, port: port2 };
      const running = pool.run(task, { transferList: [port2], signal: end.signal }) as Promise<TrialAnswer>;
      running.catch(() => undefined).finally(() => port1.close());
      const answer = await untilAborted(running, watch.signal, () => {
        ending.add(ready.then(() => end.abort()));
        throw Object.assign(new Error('the trial was stopped'), { name: 'AbortError' });
      });
      if ('refused' in answer) throw new InputError(answer.refused);
      return answer.trial as T;
    },
  };
}

/** What of a set can go to another thread. */
function plain({ name, inputs, labels, classes, image }: Dataset): PlainDataset {
  return { name, inputs, labels, classes, ...(image && { image }) };
}
