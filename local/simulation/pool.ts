import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { bundle, toUrl, type Replacement } from './bundle.ts';
import type { Tally } from './tally.ts';
import type { Task } from './task.ts';

/** Threads that do tasks, each one at a time. */
export class Pool {
  readonly #workers: readonly Worker[];

  private constructor(workers: readonly Worker[]) {
    this.#workers = workers;
  }

  /** @param mistake made in the steps on purpose */
  static async start(threads: number, mistake?: Replacement): Promise<Pool> {
    // The loader of this thread, which knows TypeScript, is not the worker's.
    const url = toUrl(await bundle('worker.ts', mistake));
    return new Pool(Array.from({ length: threads }, () => new Worker(url, { execArgv: [] })));
  }

  /** Does all tasks, in no particular order. @param onDone told of each as it ends */
  async doAll(tasks: readonly Task[], onDone: (task: Task, tally: Tally) => void): Promise<void> {
    const left = [...tasks];
    const work = async (worker: Worker): Promise<void> => {
      for (let task = left.shift(); task !== undefined; task = left.shift()) {
        worker.postMessage(task);
        // An error of the worker rejects this.
        const [tally] = (await once(worker, 'message')) as [Tally];
        onDone(task, tally);
      }
    };
    await Promise.all(this.#workers.map(work));
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map(async (worker) => await worker.terminate()));
  }
}
