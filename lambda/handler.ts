import type { Context } from 'aws-lambda';
import { PowertoolsReporter } from './adapters/powertools-reporter.ts';
import { composeRotation, createContainer, type Container, type Environment } from './compose.ts';
import { Redactor } from './domain/redactor.ts';
import type { RotationRequest } from './domain/step.ts';
import type { Reporter } from './ports/reporter.ts';
import { rotate } from './rotation/rotate.ts';
import { parseEvent } from './rotation-event.ts';

export type Handler = (
  event: unknown,
  invocation: Pick<Context, 'awsRequestId' | 'functionVersion' | 'getRemainingTimeInMillis'>,
) => Promise<unknown>;

/** Before the configuration is read, nothing tells which rotation a log line belongs to. */
const UNCONFIGURED = 'unconfigured';

/**
 * Makes the function that Secrets Manager calls, once a container. It resolves when the step is done, to what an
 * operation has to tell, and rejects with an
 * error that holds no secret, whose name tells its kind and whose message what to do next.
 */
export function createHandler(environment: Environment): Handler {
  let container: Container | undefined;
  return async (event, invocation) => {
    const redactor = new Redactor();
    const requestId = invocation.awsRequestId;
    const report = (rotation: string): Reporter =>
      new PowertoolsReporter({ rotation, requestId, redactor });
    try {
      container ??= createContainer(environment);
      const { secretArn, name } = container.config;
      const request = readEvent(event, { secretArn, reporter: report(name) });
      return await rotate(
        composeRotation(container, {
          request,
          requestId,
          functionVersion: invocation.functionVersion,
          remainingMs: () => invocation.getRemainingTimeInMillis(),
          reporter: report(container.config.name),
          redactor,
        }),
      );
    } catch (error) {
      if (container === undefined) report(UNCONFIGURED).warn('invocation.failed', { error });
      throw redactor.summarize(error);
    }
  };
}

/** No step began, so nothing else reports an event that is not one of a rotation. */
function readEvent(
  event: unknown,
  { secretArn, reporter }: { secretArn: string; reporter: Reporter },
): RotationRequest {
  try {
    return parseEvent(event, secretArn);
  } catch (error) {
    reporter.warn('event.refused', { error });
    reporter.metric({ name: 'StepFailed', value: 1, subject: 'EventError' });
    throw error;
  }
}

export const handler: Handler = createHandler(process.env);
