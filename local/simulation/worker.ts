import { parentPort } from 'node:worker_threads';
import { doTask, type Task } from './task.ts';

// Nobody reads the stacks of errors that are thrown on purpose, and making them costs more than a call does.
Error.stackTraceLimit = 0;

parentPort?.on('message', (task: Task) => {
  void doTask(task).then((tally) => {
    parentPort?.postMessage(tally);
  });
});
