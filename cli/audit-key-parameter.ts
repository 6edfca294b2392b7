import { randomBytes } from 'node:crypto';
import {
  GetParameterCommand,
  ParameterAlreadyExists,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type { Redactor } from '../lambda/domain/redactor.ts';
import { CommandError } from './command-error.ts';

/** HMAC-SHA256 takes nothing from more than its block of 64 bytes; in base64 these are 64 characters. */
const KEY_BYTES = 48;

export interface KeyParameter {
  /** Full name of the parameter. */
  readonly parameter: string;
  /** The customer's key that encrypts it; that of SSM if left out. */
  readonly kmsKeyArn: string | undefined;
}

/**
 * Makes the key of an audit trail, once: a SecureString of 48 random bytes in base64. One that exists is left as it is,
 * also where it was this call that made it and only the answer was lost. Needs ssm:PutParameter, and ssm:GetParameter
 * where it exists.
 *
 * @throws CommandError when there is such a parameter that is not encrypted
 */
export async function makeKeyParameter(
  client: SSMClient,
  { parameter, kmsKeyArn }: KeyParameter,
  redactor: Redactor,
): Promise<'made' | 'exists'> {
  const value = randomBytes(KEY_BYTES).toString('base64');
  redactor.add(value);
  try {
    await client.send(
      new PutParameterCommand({
        Name: parameter,
        Value: value,
        Type: 'SecureString',
        Description: 'Signs the audit trail of Lockstep. Not to be overwritten.',
        ...(kmsKeyArn === undefined ? {} : { KeyId: kmsKeyArn }),
      }),
    );
    return 'made';
  } catch (error) {
    if (!(error instanceof ParameterAlreadyExists)) throw error;
  }
  await requireEncrypted(client, parameter, redactor);
  return 'exists';
}

/** Reads the ciphertext only; that of a parameter which is not encrypted is the key itself. */
async function requireEncrypted(
  client: SSMClient,
  parameter: string,
  redactor: Redactor,
): Promise<void> {
  const { Parameter } = await client.send(
    new GetParameterCommand({ Name: parameter, WithDecryption: false }),
  );
  const { Type: type = 'unknown', Value: value = '' } = Parameter ?? {};
  redactor.add(value);
  if (type === 'SecureString') return;
  throw new CommandError(`the parameter ${parameter} exists and has the type ${type}`, {
    remedy: 'name another parameter in rotations.json; the function takes a SecureString only',
  });
}
