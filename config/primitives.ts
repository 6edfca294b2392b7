import * as z from 'zod';

/** Names appear in metric dimensions, object keys and construct ids: letters, digits and hyphens only. */
export const Name = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,62}$/, 'letters, digits, hyphens');

export const Arn = z.string().regex(/^arn:[a-z-]+:[a-z0-9-]+:[^:]*:[^:]*:.+$/, 'an ARN');

/** The complete ARN of a secret, with its six random characters: a partial one also matches other secrets. */
export const SecretArn = z
  .string()
  .regex(
    /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$/,
    'the complete ARN of a secret, with its six random characters',
  );

export const KmsKeyArn = z
  .string()
  .regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, 'the ARN of a KMS key');

export const OciRegion = z
  .string()
  .regex(/^[a-z]+-[a-z]+-\d+$/, 'an OCI region such as eu-frankfurt-1');

export const OciNamespace = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'an Object Storage namespace');

export const OciBucket = z.string().regex(/^[A-Za-z0-9._-]{1,256}$/, 'the name of a bucket');

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/** An endpoint of a cloud service. Plain HTTP is accepted on the loopback address only, for stand-ins. */
export const Endpoint = z
  .string()
  .refine(isSafeEndpoint, 'an https URL, or http on the loopback address');

function isSafeEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (
    url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK_HOSTS.includes(url.hostname))
  );
}
