import * as z from 'zod';
import { EventError } from './domain/errors.ts';
import { NO_VERSION, OPERATIONS, STEPS, type RotationRequest, type Step } from './domain/step.ts';

/** The wire has createSecret; AWS's documentation also writes create_secret. */
const STEP_NAMES = new Map<string, Step>(
  STEPS.flatMap((step) => [
    [step, step],
    [step.replace('Secret', '_secret'), step],
  ]),
);

/** Also a name that OCI Vault takes for a version: letters, digits, hyphens, underscores, periods. */
const VERSION_ID = /^[A-Za-z0-9._-]{32,64}$/;

const RotationEvent = z.object({
  Step: z.string().transform((text, check) => {
    const step = STEP_NAMES.get(text);
    if (step !== undefined) return step;
    check.addIssue('an unknown step');
    return z.NEVER;
  }),
  SecretId: z.string().min(1),
  ClientRequestToken: z.string().regex(VERSION_ID),
});

const EXPECTED = {
  Step: STEPS.join(', '),
  SecretId: 'the ARN of the secret',
  ClientRequestToken: '32 to 64 letters, digits, hyphens, underscores or periods',
} as const;

const OperationEvent = z.strictObject({ operation: z.enum(OPERATIONS) });

/**
 * Reads the event of an operation, `{"operation": "revoke"}`, which concerns the function's own secret; any other as
 * `parseRotationEvent` does.
 */
export function parseEvent(event: unknown, secretArn: string): RotationRequest {
  const result = OperationEvent.safeParse(event);
  if (!result.success) return parseRotationEvent(event);
  return { step: result.data.operation, secretArn, versionId: NO_VERSION };
}

/**
 * Reads the event that Secrets Manager sends. Fields beyond the three that count are ignored: AWS adds some, and one of
 * them, RotationToken, is itself a secret.
 *
 * @throws EventError naming the fields and what was expected, never what was there
 */
export function parseRotationEvent(event: unknown): RotationRequest {
  const result = RotationEvent.safeParse(event);
  if (!result.success) throw unexpected(result.error);
  const { Step: step, SecretId: secretArn, ClientRequestToken: versionId } = result.data;
  return { step, secretArn, versionId };
}

function unexpected({ issues }: z.ZodError): EventError {
  const fields = new Set(issues.map(({ path }) => path[0]));
  const wrong = Object.entries(EXPECTED).filter(
    ([field]) => fields.has(field) || fields.has(undefined),
  );
  const list = wrong.map(([field, expected]) => `${field}: expected ${expected}`).join('; ');
  return new EventError(`the event is not one of a rotation (${list})`, {
    remedy: 'let Secrets Manager call the function: aws secretsmanager rotate-secret --secret-id …',
  });
}
