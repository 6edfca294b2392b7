import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { ConfigurationError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { Clock } from '../domain/time-budget.ts';
import { pemBlocks, type PemBlock } from './pem.ts';

/** A wallet as the driver takes it: PEM text with a private key, its certificate and the CA's, and the key's password. */
export interface OracleWallet {
  readonly wallet: string;
  readonly password: string | undefined;
}

export interface WalletContext {
  /** The database the wallet is for. */
  readonly subject: string;
  readonly redactor: Redactor;
  readonly clock: Pick<Clock, 'now'>;
}

const WalletSecret = z.object({ wallet: z.string().min(1), password: z.string().optional() });
const GET_WALLET =
  'download the wallet again and store ewallet.pem (or "openssl pkcs12 -in ewallet.p12 -out ewallet.pem") as "wallet"';
/** Redacted line by line too, since an error may quote a part. */
const KEY_LINE_LENGTH_MIN = 32;

/**
 * Reads the secret that holds a wallet: JSON `{"wallet": "<ewallet.pem>", "password": "…"}`, other keys ignored. The
 * password is that of the private key; a key in clear needs none.
 *
 * Everything is checked here that would otherwise show as a TLS failure with a puzzling text. Nothing is ever written
 * to disk. The private key and the password are added to the redactor.
 *
 * @throws ConfigurationError when the secret is not of that form, the key is missing or does not open, there is no
 *   certificate, it does not belong to the key or is not valid now, or there is no CA certificate
 */
export function parseWallet(secretText: string, context: WalletContext): OracleWallet {
  const { wallet, password } = parseSecret(secretText, context);
  context.redactor.add(...(password === undefined ? [] : [password]));
  const blocks = pemBlocks(wallet);
  if (blocks.length === 0) {
    // Typical of secrets typed by hand: "\n" as two characters, or blanks where line ends were.
    throw problem('the wallet holds no PEM block', {
      context,
      remedy: `see that its line ends survive; else ${GET_WALLET}`,
    });
  }
  const key = openKey(blocks, { password, context });
  const [own, ...others] = blocks.filter(({ label }) => label === 'CERTIFICATE');
  if (own === undefined) throw problem('the wallet holds no certificate', { context });
  requireCertificate(own, { key, context });
  if (others.length === 0) {
    throw problem('the wallet holds no CA certificate, so no server could be trusted', { context });
  }
  return { wallet, password };
}

function parseSecret(text: string, context: WalletContext): z.infer<typeof WalletSecret> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    value = undefined;
  }
  const result = WalletSecret.safeParse(value);
  if (result.success) return result.data;
  throw problem('the secret with the wallet is not JSON of the form {"wallet", "password"}', {
    context,
    remedy: 'store {"wallet": "<text of ewallet.pem>", "password": "<wallet password>"}',
  });
}

function openKey(
  blocks: readonly PemBlock[],
  { password, context }: { password: string | undefined; context: WalletContext },
): KeyObject {
  const block = blocks.find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (block === undefined) {
    throw problem('the wallet holds no private key', {
      context,
      remedy: `for one-way TLS name the CA as "trust.caFile" instead; for mutual TLS ${GET_WALLET}`,
    });
  }
  const lines = block.text.split(/\r?\n/).slice(1, -1);
  context.redactor.add(block.text, ...lines.filter(({ length }) => length >= KEY_LINE_LENGTH_MIN));
  const isEncrypted =
    block.label === 'ENCRYPTED PRIVATE KEY' || block.text.includes('Proc-Type: 4,ENCRYPTED');
  if (isEncrypted && (password === undefined || password === '')) {
    throw problem('the private key is encrypted and the secret has no password', {
      context,
      remedy: 'add "password" to the secret that holds the wallet',
    });
  }
  try {
    return createPrivateKey({
      key: block.text,
      ...(isEncrypted ? { passphrase: password ?? '' } : {}),
    });
  } catch (error) {
    const finding = isEncrypted
      ? 'the private key does not open with the password'
      : 'the private key cannot be read';
    throw problem(finding, {
      context,
      remedy: `check "password" in the secret; else ${GET_WALLET}`,
      cause: context.redactor.summarize(error),
    });
  }
}

/** The driver presents the first certificate of the text, whichever it is. */
function requireCertificate(
  { text }: PemBlock,
  { key, context }: { key: KeyObject; context: WalletContext },
): void {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(text);
  } catch (error) {
    throw problem('the first certificate cannot be read', {
      context,
      cause: context.redactor.summarize(error),
    });
  }
  if (!certificate.checkPrivateKey(key)) {
    throw problem('the first certificate does not belong to the private key', {
      context,
      remedy: 'put the certificate of the key before those of the CA',
    });
  }
  const now = context.clock.now();
  if (now > Date.parse(certificate.validTo)) {
    throw problem(`the certificate expired on ${certificate.validTo}`, { context });
  }
  if (now < Date.parse(certificate.validFrom)) {
    throw problem(`the certificate is not valid before ${certificate.validFrom}`, {
      context,
    });
  }
}

function problem(
  finding: string,
  {
    context,
    remedy = GET_WALLET,
    cause,
  }: { context: WalletContext; remedy?: string; cause?: Error },
): ConfigurationError {
  return new ConfigurationError(finding, { subject: context.subject, remedy, cause });
}
