/** What Lambda says of a function that failed, timed out or died. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  /** Lines of the stack. Lambda's own errors have none. */
  readonly trace?: readonly string[];
}

/**
 * An invocation came to no result. Its name is the `errorType`: the name of the error that the handler threw, or one of
 * Lambda's own:
 * - `Sandbox.Timedout`: the deadline passed, the process was killed.
 * - `Runtime.ExitError`: the process ended in the middle.
 * - `Runtime.NodeJsExit`: the process had nothing left to do, though the handler had not answered.
 * - `Function.ResponseSizeTooLarge`, and `Runtime.*` for a handler that cannot be loaded.
 */
export class LambdaInvocationError extends Error {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];

  constructor(error: FunctionError) {
    super(error.errorMessage);
    this.name = error.errorType;
    this.errorType = error.errorType;
    this.errorMessage = error.errorMessage;
    this.trace = error.trace ?? [];
  }
}

/** Node's exit code for a program that still waited for a promise which nothing could settle any more. */
const EXIT_UNSETTLED = 13;
const UNSETTLED =
  'The Lambda runtime client detected an unexpected Node.js exit code. ' +
  'This is most commonly caused by a Promise that was never settled.';

/** How Lambda reports a process that ended: by exit code, or by signal. */
export function exitError(exit: {
  readonly requestId: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}): LambdaInvocationError {
  const { requestId, code, signal } = exit;
  if (code === EXIT_UNSETTLED) {
    const errorMessage = `RequestId: ${requestId} Error: ${UNSETTLED}`;
    return new LambdaInvocationError({ errorType: 'Runtime.NodeJsExit', errorMessage });
  }
  const ending =
    code === 0
      ? 'Runtime exited without providing a reason'
      : `Runtime exited with error: ${signal === null ? `exit status ${code ?? '?'}` : signalText(signal)}`;
  const errorMessage = `RequestId: ${requestId} Error: ${ending}`;
  return new LambdaInvocationError({ errorType: 'Runtime.ExitError', errorMessage });
}

export function timeoutError(timeout: {
  readonly requestId: string;
  readonly timeoutMs: number;
}): LambdaInvocationError {
  const seconds = (timeout.timeoutMs / 1000).toFixed(2);
  return new LambdaInvocationError({
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${timeout.requestId} Error: Task timed out after ${seconds} seconds`,
  });
}

function signalText(signal: NodeJS.Signals): string {
  return `signal: ${signal === 'SIGKILL' ? 'killed' : signal}`;
}
