import * as z from 'zod';
import { ConfigurationError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { StoredWallet } from './wallet-form.ts';

interface SecretContext {
  readonly secretArn: string;
  readonly redactor: Redactor;
}

const Password = z.string().optional();
const WalletSecret = z.object({ wallet: z.string().min(1), password: Password });
const PasswordSecret = z.object({ password: z.string().min(1) });

/**
 * Reads the secret that holds a wallet: JSON `{"wallet": "…", "password": "…"}`, other keys ignored. A wallet whose key
 * is in clear needs no password.
 *
 * @throws ConfigurationError when the secret is not of that form
 */
export function parseWalletSecret(text: string, context: SecretContext): StoredWallet {
  const { wallet, password } = parse(WalletSecret, text, {
    context,
    form: '{"wallet": "<ewallet.pem, or base64 of the zip or of ewallet.p12>", "password": "<wallet password>"}',
  });
  if (password !== undefined) context.redactor.add(password);
  return { bytes: Buffer.from(wallet, 'utf8'), password };
}

/**
 * Reads the secret that holds the password of a wallet which is kept elsewhere: JSON `{"password": "…"}`.
 *
 * @throws ConfigurationError when the secret is not of that form
 */
export function parseWalletPassword(text: string, context: SecretContext): string {
  const { password } = parse(PasswordSecret, text, {
    context,
    form: '{"password": "<wallet password>"}',
  });
  context.redactor.add(password);
  return password;
}

/** Parses the JSON of a secret. Neither it nor a parser's message, which quotes it, is in the error. */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  { context, form }: { readonly context: SecretContext; readonly form: string },
): z.infer<Schema> {
  const result = schema.safeParse(parseJson(text));
  if (result.success) return result.data;
  throw new ConfigurationError('the secret is not JSON of the form that is wanted here', {
    subject: context.secretArn,
    remedy: `store ${form}`,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
