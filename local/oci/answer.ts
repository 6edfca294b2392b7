import { randomBytes } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Fault } from '../faults.ts';
import type { OperationReply } from './operations.ts';
import { OciServiceError, statusOf } from './service-error.ts';

/** A whole HTTP answer, ready to be sent, lost or cut. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** "If provided, the returned request ID will include this value" (OCI API reference, opc-request-id). */
export function requestId(given: string | undefined): string {
  const own = randomBytes(16).toString('hex').toUpperCase();
  return given === undefined ? own : `${given}/${own}`;
}

export function success(reply: OperationReply, opcRequestId: string): Answer {
  const body = reply.body === undefined ? '' : JSON.stringify(reply.body);
  return {
    status: 200,
    headers: {
      'opc-request-id': opcRequestId,
      ...(body === '' ? {} : { 'content-type': 'application/json' }),
      'content-length': String(Buffer.byteLength(body)),
      ...(reply.etag === undefined ? {} : { etag: reply.etag }),
      ...(reply.nextPage === undefined ? {} : { 'opc-next-page': reply.nextPage }),
    },
    body,
  };
}

/** The shape of every refusal: `{"code": ..., "message": ...}` (OCI documentation, API Errors). */
export function failure(
  error: { readonly code: string; readonly message: string },
  opcRequestId: string,
): Answer {
  const { code, message } = error;
  return { ...success({ body: { code, message } }, opcRequestId), status: statusOf(code) };
}

/** What an error thrown by an operation is answered with: the refusal, or 500 for a defect of the stand-in. */
export function failureOf(error: unknown, opcRequestId: string): Answer {
  if (error instanceof OciServiceError) return failure(error, opcRequestId);
  const message = `defect of the stand-in: ${String(error)}`;
  return failure({ code: 'InternalServerError', message }, opcRequestId);
}

/** The answer of the faults that are answers, else undefined. */
export function faultAnswer(fault: Fault | undefined, opcRequestId: string): Answer | undefined {
  if (fault?.kind === 'throttle') {
    return failure({ code: 'TooManyRequests', message: 'User-rate limit exceeded.' }, opcRequestId);
  }
  if (fault?.kind !== 'refuse') return undefined;
  const code = fault.code ?? 'InternalServerError';
  return failure({ code, message: fault.message ?? 'Internal Server Error' }, opcRequestId);
}

/** The first half of an answer as it looks on the wire: cut within the body or, where that is empty, within the head. */
export function firstHalf(answer: Answer): string {
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`,
    ...Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n');
  if (answer.body === '') return head.slice(0, head.length / 2);
  return head + answer.body.slice(0, answer.body.length / 2);
}
