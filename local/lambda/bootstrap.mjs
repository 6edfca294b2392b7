/**
 * The part of Lambda's Node runtime that a handler can see, for any plain Node from 20 on: loads the handler, asks the
 * Runtime API for one invocation after the other, and answers it.
 *
 * It ends with the process that started it, whose pipe is our standard input.
 */
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';

/**
 * @typedef {(event: unknown, context: object) => unknown} Handler
 * @typedef {{ errorType: string, errorMessage: string, trace: string[] }} ReportedError
 */

const EXTENSIONS = ['', '.js', '.mjs', '.cjs'];
const EXIT_UNHANDLED_REJECTION = 128;
const EXIT_UNCAUGHT_EXCEPTION = 129;

const {
  AWS_LAMBDA_RUNTIME_API: runtimeApi = '',
  LAMBDA_TASK_ROOT: taskRoot = '',
  _HANDLER: handlerName = '',
} = process.env;

/** Where an error is to be posted that nobody caught. */
let errorPath = 'init/error';

class RuntimeError extends Error {
  /**
   * @param {string} name
   * @param {string} message
   */
  constructor(name, message) {
    super(message);
    this.name = `Runtime.${name}`;
  }
}

/**
 * @param {{ method: 'GET' | 'POST', path: string, body?: string, headers?: Record<string, string> }} call
 * @returns {Promise<{ headers: import('node:http').IncomingHttpHeaders, body: string }>}
 */
function callRuntimeApi({ method, path, body, headers = {} }) {
  return new Promise((resolve, reject) => {
    const url = `http://${runtimeApi}/2018-06-01/runtime/${path}`;
    const outgoing = request(url, { method, headers, agent: false }, (response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** @param {string} file */
async function importModule(file) {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeError('UserCodeSyntaxError', String(error));
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.endsWith('MODULE_NOT_FOUND')) throw error;
    throw new RuntimeError('ImportModuleError', String(error));
  }
}

/** @returns {Promise<Handler>} */
async function loadHandler() {
  const [, moduleName, functionName] = /^([^.]*)\.(.+)$/.exec(basename(handlerName)) ?? [];
  if (!moduleName || !functionName || handlerName.includes('..')) {
    throw new RuntimeError('MalformedHandlerName', `'${handlerName}' is not a valid handler name`);
  }
  const stem = join(taskRoot, dirname(handlerName), moduleName);
  const file = EXTENSIONS.map((extension) => stem + extension).find((path) => existsSync(path));
  if (file === undefined) {
    throw new RuntimeError('ImportModuleError', `Cannot find module '${moduleName}'`);
  }
  const module = await importModule(file);
  const handler = module[functionName] ?? module.default?.[functionName];
  if (typeof handler !== 'function') {
    throw new RuntimeError('HandlerNotFound', `${handlerName} is undefined or not exported`);
  }
  if (handler.length >= 3) {
    throw new RuntimeError('CallbackHandlerDeprecated', `${handlerName} takes a callback`);
  }
  return handler;
}

/**
 * What the caller of the function learns of an error.
 *
 * @param {unknown} error
 * @returns {ReportedError}
 */
function reported(error) {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  const { name, message, stack = '' } = error;
  return { errorType: name, errorMessage: message, trace: stack.split('\n') };
}

/**
 * What the log says of an error, in Lambda's JSON format: with all its own properties, and the errors in them.
 *
 * @param {unknown} error
 */
function logError(error) {
  const requestId = /^invocation\/(.*)\/error$/.exec(errorPath)?.[1];
  const line = { timestamp: new Date().toISOString(), level: 'ERROR', requestId, message: error };
  let text;
  try {
    text = JSON.stringify(line, withOwnProperties);
  } catch {
    text = JSON.stringify({ ...line, message: inspect(error) });
  }
  process.stdout.write(`${text}\n`);
}

/**
 * @param {string} _key
 * @param {unknown} value
 */
function withOwnProperties(_key, value) {
  if (!(value instanceof Error)) return value;
  const { message: errorMessage, stack = '' } = value;
  const stackTrace = stack.split('\n');
  return { errorType: value.constructor.name, errorMessage, stackTrace, ...value };
}

/** @param {unknown} error */
async function reportError(error) {
  logError(error);
  const report = reported(error);
  await callRuntimeApi({
    method: 'POST',
    path: errorPath,
    body: JSON.stringify(report),
    headers: { 'Lambda-Runtime-Function-Error-Type': encodeURIComponent(report.errorType) },
  });
}

/** @param {import('node:http').IncomingHttpHeaders} headers */
function contextOf(headers) {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: process.env['AWS_LAMBDA_FUNCTION_VERSION'],
    memoryLimitInMB: process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

/** @param {Handler} handler */
async function serveOne(handler) {
  const { headers, body } = await callRuntimeApi({ method: 'GET', path: 'invocation/next' });
  const context = contextOf(headers);
  process.env['_X_AMZN_TRACE_ID'] = String(headers['lambda-runtime-trace-id']);
  errorPath = `invocation/${context.awsRequestId}/error`;
  try {
    const result = await handler(JSON.parse(body), context);
    await callRuntimeApi({
      method: 'POST',
      path: `invocation/${context.awsRequestId}/response`,
      body: JSON.stringify(result === undefined ? null : result),
    });
  } catch (error) {
    await reportError(error);
  }
}

/** @param {number} status */
const thenExit = (status) => () => process.exit(status);

process.on('uncaughtException', (error) => {
  const exit = thenExit(EXIT_UNCAUGHT_EXCEPTION);
  reportError(error).then(exit, exit);
});
process.on('unhandledRejection', (reason) => {
  const error = new RuntimeError('UnhandledPromiseRejection', String(reason));
  const exit = thenExit(EXIT_UNHANDLED_REJECTION);
  reportError(error).then(exit, exit);
});
process.stdin.on('end', thenExit(1)).resume();
// A handler that waits for what can never happen is to end, as it does in Lambda.
process.stdin.unref();

/** @type {Handler} */
let handler;
try {
  handler = await loadHandler();
} catch (error) {
  await reportError(error);
  process.exit(1);
}
for (;;) await serveOne(handler);
