import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import type { Published } from './secret-source.ts';

const Document = z.looseObject({ username: z.string(), password: z.string() });

/** Reads AWSCURRENT with the real SDK, as an application does. @throws what the SDK throws */
export async function readPublished(
  client: SecretsManagerClient,
  secretArn: string,
): Promise<Published> {
  const { SecretString: text = '', VersionId: versionId = '' } = await client.send(
    new GetSecretValueCommand({ SecretId: secretArn }),
  );
  const document = Document.safeParse(parseQuietly(text));
  // The parser's own message may quote the secret.
  if (!document.success) throw new Error('the secret is not a document with username and password');
  const { username, password } = document.data;
  return { versionId, username, password };
}

function parseQuietly(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
