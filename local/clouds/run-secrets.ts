import { randomBytes, randomInt } from 'node:crypto';
import { generatePassword } from '../../lambda/domain/generated-password.ts';

export const USERNAME = 'app';

/** Every secret of one run of the clouds, made for it and never used again. */
export interface RunSecrets {
  readonly initialPassword: string;
  readonly walletPassword: string;
  /** Of the database user that may set the password of others. */
  readonly superuserPassword: string;
  readonly auditKey: string;
  /** Of the OAuth client that exchanges tokens at OCI's identity domain. */
  readonly oauthClientSecret: string;
}

export function makeRunSecrets(): RunSecrets {
  const random = { integerBelow: (limit: number) => randomInt(limit) };
  return {
    initialPassword: generatePassword(USERNAME, random).reveal(),
    walletPassword: generatePassword(USERNAME, random).reveal(),
    superuserPassword: generatePassword(USERNAME, random).reveal(),
    auditKey: randomBytes(48).toString('base64'),
    oauthClientSecret: randomBytes(24).toString('base64url'),
  };
}
