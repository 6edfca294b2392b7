import type { Context } from 'aws-lambda';
import { PowertoolsReporter } from './adapters/powertools-reporter.ts';
import { composeRotation, createContainer, type Container, type Environment } from './compose.ts';
import { Redactor } from './domain/redactor.ts';
import { rotate } from './rotation/rotate.ts';
import { parseRotationEvent } from './rotation-event.ts';

export type Handler = (
  event: unknown,
  invocation: Pick<Context, 'awsRequestId' | 'functionVersion' | 'getRemainingTimeInMillis'>,
) => Promise<void>;

/** Before the configuration is read, nothing tells which rotation a log line belongs to. */
const UNCONFIGURED = 'unconfigured';

/**
 * Makes the function that Secrets Manager calls, once a container. It resolves when the step is done and rejects with an
 * error that holds no secret, whose name tells its kind and whose message what to do next.
 */
export function createHandler(environment: Environment): Handler {
  let container: Container | undefined;
  return async (event, invocation) => {
    const redactor = new Redactor();
    const requestId = invocation.awsRequestId;
    let reporter = new PowertoolsReporter({ rotation: UNCONFIGURED, requestId, redactor });
    try {
      container ??= createContainer(environment);
      reporter = new PowertoolsReporter({ rotation: container.config.name, requestId, redactor });
      const request = parseRotationEvent(event);
      await rotate(
        composeRotation(container, {
          request,
          requestId,
          functionVersion: invocation.functionVersion,
          remainingMs: () => invocation.getRemainingTimeInMillis(),
          reporter,
          redactor,
        }),
      );
    } catch (error) {
      reporter.warn('invocation.failed', { error });
      throw redactor.summarize(error);
    }
  };
}

export const handler: Handler = createHandler(process.env);
