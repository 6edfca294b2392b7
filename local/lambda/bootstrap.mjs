// Runs inside the function's own process, on any Node from 20 on, with nothing but Node: a small loop that speaks the
// Lambda Runtime API (AWS documentation, "Using the Lambda runtime API"). AWS's own runtime client builds native code
// when it is installed.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { env } = process;
const api = `http://${env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

async function post(path, value) {
  const response = await fetch(`${api}/${path}`, { method: 'POST', body: JSON.stringify(value) });
  await response.arrayBuffer();
}

function failure(error) {
  const known = error instanceof Error ? error : new Error(String(error));
  return {
    errorType: known.name,
    errorMessage: known.message,
    stackTrace: (known.stack ?? '').split('\n'),
  };
}

async function loadHandler() {
  const [file, name] = env._HANDLER.split('.');
  const commonJs = join(env.LAMBDA_TASK_ROOT, `${file}.js`);
  const loaded = existsSync(commonJs)
    ? createRequire(commonJs)(commonJs)
    : await import(pathToFileURL(join(env.LAMBDA_TASK_ROOT, `${file}.mjs`)).href);
  if (typeof loaded[name] !== 'function') throw new Error(`${env._HANDLER} is no function`);
  return loaded[name];
}

function contextOf(headers) {
  const deadlineMs = Number(headers.get('lambda-runtime-deadline-ms'));
  return {
    awsRequestId: headers.get('lambda-runtime-aws-request-id'),
    invokedFunctionArn: headers.get('lambda-runtime-invoked-function-arn'),
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

let handler;
try {
  handler = await loadHandler();
} catch (error) {
  await post('init/error', failure(error));
  process.exit(1);
}

for (;;) {
  const next = await fetch(`${api}/invocation/next`);
  const event = await next.json();
  const context = contextOf(next.headers);
  const path = `invocation/${context.awsRequestId}`;
  try {
    await post(`${path}/response`, (await handler(event, context)) ?? null);
  } catch (error) {
    // Lambda's own runtime logs what the handler threw.
    console.error(error);
    await post(`${path}/error`, failure(error));
  }
}
