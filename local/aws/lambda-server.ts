import { randomUUID } from 'node:crypto';
import { LambdaInvocationError, type LocalLambda } from '../lambda/local-lambda.ts';
import { credentialScope } from './authorization.ts';
import type { HttpAnswer, HttpRequest, HttpService } from './http-stand-in.ts';
import { AwsServiceError } from './service-error.ts';

/** A function as it is deployed: its configuration, and what runs it. */
export interface DeployedFunction {
  readonly functionArn: string;
  readonly roleArn: string;
  readonly handler: string;
  readonly runtime: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** What its configuration shows: the variables that it was deployed with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Who may call it, beside whom IAM allows. @default nobody */
  readonly permissions?: readonly FunctionPermission[];
  readonly lambda: Pick<LocalLambda, 'invoke' | 'onLogLine'>;
}

/** What AddPermission takes, as `lambda add-permission` names it. */
export interface FunctionPermission {
  readonly statementId: string;
  readonly action: string;
  /** A service: `secretsmanager.amazonaws.com`. */
  readonly principal: string;
  readonly sourceAccount?: string;
  readonly sourceArn?: string;
}

const FUNCTIONS = '/2015-03-31/functions';
/** AWS: "ListFunctions returns a maximum of 50 items in each response, even if you set the number higher". */
const PAGE_MAX = 50;
/** The last 4 KB of the log. */
const LOG_TAIL_BYTES = 4_096;
const PAYLOAD_BYTES_MAX = 6 * 1024 * 1024;
const FUNCTION_NAME =
  /^(arn:aws[a-zA-Z-]*:lambda:[a-z0-9-]+:\d{12}:function:)?([a-zA-Z0-9_-]{1,64})(:(\$LATEST|[a-zA-Z0-9_-]+))?$/;

type Operation = 'Invoke' | 'GetFunctionConfiguration' | 'GetPolicy' | 'ListFunctions';

interface Route {
  readonly operation: Operation;
  readonly name: string;
}

/**
 * Lambda's API over HTTP, for the real SDK: Invoke (RequestResponse), GetFunctionConfiguration, GetPolicy and
 * ListFunctions.
 *
 * Sources: the Lambda API reference; error texts as in moto and LocalStack.
 */
export function lambdaService(functions: readonly DeployedFunction[]): HttpService {
  return {
    name: 'lambda',
    operationOf: (request) => routeOf(request)?.operation ?? 'Unknown',
    answer: (request) => {
      const route = routeOf(request);
      if (route === undefined) {
        throw new AwsServiceError('UnknownOperationException', '', { status: 404 });
      }
      checkCredential(request);
      if (route.operation === 'ListFunctions') return list(functions, request);
      const found = find(functions, route.name);
      if (route.operation === 'Invoke') return invoke(found, request);
      if (route.operation === 'GetPolicy') return policy(found);
      return reply(200, configuration(found));
    },
    refusal: (error) =>
      reply(
        error.status,
        { Type: error.status >= 500 ? 'Service' : 'User', Message: error.message },
        { 'x-amzn-errortype': error.name },
      ),
    refused: ({ code = 'ServiceException', message = 'An error occurred.' }) =>
      new AwsServiceError(code, message, { status: code === 'ServiceException' ? 500 : 400 }),
    throttled: () =>
      new AwsServiceError('TooManyRequestsException', 'Rate Exceeded.', { status: 429 }),
  };
}

function routeOf({ method, url }: HttpRequest): Route | undefined {
  const path = decodeURIComponent(url.pathname).replace(/\/$/, '');
  if (path === FUNCTIONS) {
    return method === 'GET' ? { operation: 'ListFunctions', name: '' } : undefined;
  }
  const [, name = '', action] = /^\/([^/]+)\/([^/]+)$/.exec(path.slice(FUNCTIONS.length)) ?? [];
  if (!path.startsWith(FUNCTIONS)) return undefined;
  if (action === 'invocations' && method === 'POST') return { operation: 'Invoke', name };
  if (action === 'configuration' && method === 'GET') {
    return { operation: 'GetFunctionConfiguration', name };
  }
  if (action === 'policy' && method === 'GET') return { operation: 'GetPolicy', name };
  return undefined;
}

function checkCredential(request: HttpRequest): void {
  const scope = credentialScope(request);
  if (typeof scope === 'object' && scope.service === 'lambda') return;
  const name =
    scope === 'missing' ? 'MissingAuthenticationTokenException' : 'InvalidSignatureException';
  throw new AwsServiceError(name, 'the request is not signed for lambda', { status: 403 });
}

/** @param given a name, or an ARN */
function find(functions: readonly DeployedFunction[], given: string): DeployedFunction {
  const match = FUNCTION_NAME.exec(given);
  if (match === null) {
    throw new AwsServiceError(
      'ValidationException',
      `1 validation error detected: Value '${given}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern`,
    );
  }
  const [, , name = '', , qualifier = '$LATEST'] = match;
  const found = functions.find(({ functionArn }) => functionArn.endsWith(`:function:${name}`));
  if (found !== undefined && qualifier === '$LATEST') return found;
  throw new AwsServiceError('ResourceNotFoundException', `Function not found: ${given}`, {
    status: 404,
  });
}

function list(functions: readonly DeployedFunction[], { url }: HttpRequest): HttpAnswer {
  const asked = Number(url.searchParams.get('MaxItems') ?? PAGE_MAX);
  const marker = url.searchParams.get('Marker');
  if (!Number.isInteger(asked) || asked < 1 || asked > 10_000) {
    throw new AwsServiceError('InvalidParameterValueException', 'MaxItems must be 1 to 10000');
  }
  const start = marker === null ? 0 : functions.findIndex((one) => one.functionArn === marker);
  if (start === -1) throw new AwsServiceError('InvalidParameterValueException', 'Invalid Marker');
  const end = start + Math.min(asked, PAGE_MAX);
  const next = functions[end];
  return reply(200, {
    Functions: functions.slice(start, end).map(configuration),
    ...(next === undefined ? {} : { NextMarker: next.functionArn }),
  });
}

/** As AddPermission composes it. A function that nobody was ever permitted has no policy. */
function policy({ functionArn, permissions = [] }: DeployedFunction): HttpAnswer {
  if (permissions.length === 0) {
    throw new AwsServiceError(
      'ResourceNotFoundException',
      'The resource you requested does not exist.',
      { status: 404 },
    );
  }
  const statements = permissions.map(
    ({ statementId, action, principal, sourceAccount, sourceArn }) => ({
      Sid: statementId,
      Effect: 'Allow',
      Principal: { Service: principal },
      Action: action,
      Resource: functionArn,
      Condition: {
        ...(sourceAccount !== undefined && {
          StringEquals: { 'AWS:SourceAccount': sourceAccount },
        }),
        ...(sourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': sourceArn } }),
      },
    }),
  );
  const document = { Version: '2012-10-17', Id: 'default', Statement: statements };
  return reply(200, { Policy: JSON.stringify(document), RevisionId: randomUUID() });
}

async function invoke(found: DeployedFunction, request: HttpRequest): Promise<HttpAnswer> {
  const { headers, body } = request;
  const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type !== 'RequestResponse') {
    throw new AwsServiceError(
      'InvalidParameterValueException',
      `this stand-in invokes by RequestResponse only, not ${String(type)}`,
    );
  }
  const event = parse(body);
  const log: string[] = [];
  const endLog = found.lambda.onLogLine((line) => log.push(line));
  const answer = await outcome(found, event).finally(endLog);
  const tail = Buffer.from(log.map((line) => `${line}\n`).join('')).subarray(-LOG_TAIL_BYTES);
  return reply(200, answer.payload, {
    'x-amz-executed-version': '$LATEST',
    ...(answer.isError ? { 'x-amz-function-error': 'Unhandled' } : {}),
    ...(headers['x-amz-log-type'] === 'Tail'
      ? { 'x-amz-log-result': tail.toString('base64') }
      : {}),
  });
}

async function outcome(
  { lambda }: DeployedFunction,
  event: unknown,
): Promise<{ readonly payload: unknown; readonly isError: boolean }> {
  try {
    return { payload: await lambda.invoke(event), isError: false };
  } catch (error) {
    if (!(error instanceof LambdaInvocationError)) throw error;
    const { errorType, errorMessage, trace } = error;
    return { payload: { errorType, errorMessage, trace }, isError: true };
  }
}

function parse(body: Buffer): unknown {
  if (body.length > PAYLOAD_BYTES_MAX) {
    throw new AwsServiceError(
      'RequestTooLargeException',
      `Request must be smaller than ${PAYLOAD_BYTES_MAX} bytes for the InvokeFunction operation`,
      { status: 413 },
    );
  }
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsServiceError(
      'InvalidRequestContentException',
      'Could not parse request body into json',
    );
  }
}

function configuration(found: DeployedFunction): object {
  const { functionArn, roleArn, handler, runtime, timeoutMs, memoryMb, environment } = found;
  return {
    FunctionName: functionArn.split(':').at(-1),
    FunctionArn: functionArn,
    Role: roleArn,
    Handler: handler,
    Runtime: runtime,
    Timeout: timeoutMs / 1_000,
    MemorySize: memoryMb,
    Environment: { Variables: environment },
    Version: '$LATEST',
    PackageType: 'Zip',
    Architectures: ['arm64'],
    State: 'Active',
    LastUpdateStatus: 'Successful',
  };
}

function reply(
  status: number,
  output: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': randomUUID(),
      ...headers,
    },
    body: JSON.stringify(output),
  };
}
