import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { Operation } from '../lambda/domain/step.ts';
import { CommandError } from './command-error.ts';
import type { RotationTarget } from './rotation-target.ts';

/** An error as Lambda reports it. The function's own messages hold no secret (lambda/handler.ts). */
const FunctionFailure = z.object({
  errorType: z.string().default('Error'),
  errorMessage: z.string().default('no message'),
});

/**
 * Calls the rotation function for an operation and waits for its answer. Needs lambda:InvokeFunction.
 *
 * @throws CommandError with what the function says when the operation failed
 */
export async function callOperation(
  client: LambdaClient,
  target: Pick<RotationTarget, 'functionName' | 'logGroup'>,
  operation: Operation,
): Promise<unknown> {
  const sent = await client.send(
    new InvokeCommand({
      FunctionName: target.functionName,
      InvocationType: 'RequestResponse',
      Payload: Buffer.from(JSON.stringify({ operation })),
    }),
  );
  return answerOf(sent, target);
}

/** What a function of Lockstep answered. @throws CommandError with what it says when it failed */
export function answerOf(
  { FunctionError: failure, Payload: payload }: InvokeCommandOutput,
  target: Pick<RotationTarget, 'logGroup'>,
): unknown {
  const answer: unknown = JSON.parse(Buffer.from(payload ?? '').toString('utf8') || 'null');
  if (failure === undefined) return answer;
  throw toError(FunctionFailure.parse(answer), target);
}

function toError(
  { errorType, errorMessage }: z.infer<typeof FunctionFailure>,
  { logGroup }: Pick<RotationTarget, 'logGroup'>,
): CommandError {
  const [finding = errorMessage, remedy] = errorMessage.split(' Next: ');
  return new CommandError(`${finding} (${errorType})`, {
    remedy:
      remedy?.replace(/\.$/, '') ??
      `read the log of the function: aws logs tail ${logGroup} --since 1h`,
    ending: /Unreachable|Timedout|Deadline/.test(errorType) ? 'unreachable' : 'failed',
  });
}
