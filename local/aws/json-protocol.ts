import { randomUUID } from 'node:crypto';
import { credentialScope } from './authorization.ts';
import type { HttpAnswer, HttpRequest, HttpService } from './http-stand-in.ts';
import { AwsServiceError } from './service-error.ts';

export type JsonInput = Readonly<Record<string, unknown>>;

export interface JsonServiceOptions {
  /** In the names of calls, and the service in the credential scope. */
  readonly name: string;
  /** What comes before the dot in X-Amz-Target. */
  readonly targetPrefix: string;
  /**
   * By operation name. Each takes the parsed request: the types of its fields are the SDK's to check, a raw
   * request has itself to blame. Dates and bytes of the answer are encoded here.
   */
  readonly operations: Readonly<Record<string, (input: never) => object>>;
  /** Changes the parsed request before the operation sees it. */
  decode?(input: JsonInput): JsonInput;
  /** The service's own name for its failure. */
  readonly internalError: string;
}

/**
 * AWS JSON 1.1: POST / with the operation in X-Amz-Target; times are epoch seconds, bytes are base64; an
 * error's name is in `__type` and in x-amzn-errortype, its text in `Message`.
 */
export function jsonService(options: JsonServiceOptions): HttpService {
  const { name, targetPrefix, operations, internalError } = options;
  const operationOf = ({ headers }: HttpRequest): string => {
    const [prefix, operation = ''] = String(headers['x-amz-target']).split('.');
    return prefix === targetPrefix && Object.hasOwn(operations, operation) ? operation : 'Unknown';
  };
  return {
    name,
    operationOf,
    answer: (request, operationName) => {
      const operation = operations[operationName];
      if (operation === undefined || request.method !== 'POST') {
        throw new AwsServiceError('UnknownOperationException', '');
      }
      checkCredential(request, name);
      const input = parse(request.body);
      return reply(200, operation((options.decode?.(input) ?? input) as never));
    },
    refusal: (error) =>
      reply(
        error.status,
        { __type: error.name, ...(error.message !== '' && { Message: error.message }) },
        { 'x-amzn-errortype': error.name },
      ),
    refused: ({ code = internalError, message = 'An error occurred on the server side.' }) => {
      const status = /^(Internal|ServiceUnavailable)/.test(code) ? 500 : 400;
      return new AwsServiceError(code, message, { status });
    },
    throttled: () => new AwsServiceError('ThrottlingException', 'Rate exceeded'),
  };
}

function checkCredential(request: HttpRequest, service: string): void {
  const scope = credentialScope(request);
  if (scope === 'missing') {
    throw new AwsServiceError(
      'MissingAuthenticationTokenException',
      'Missing Authentication Token',
    );
  }
  if (scope === 'malformed') {
    throw new AwsServiceError('IncompleteSignatureException', 'Authorization header is malformed.');
  }
  if (scope.service !== service) {
    throw new AwsServiceError(
      'InvalidSignatureException',
      `Credential should be scoped to correct service: '${service}'.`,
    );
  }
}

function parse(body: Buffer): JsonInput {
  try {
    const input: unknown = JSON.parse(body.toString('utf8'));
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
      return input as JsonInput;
    }
  } catch {
    // A parser's message quotes the input, which may hold a secret.
  }
  throw new AwsServiceError('SerializationException', '');
}

function reply(status: number, output: object, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': randomUUID(),
      ...headers,
    },
    body: JSON.stringify(encoded(output)),
  };
}

function encoded(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(encoded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, encoded(field)]));
}
