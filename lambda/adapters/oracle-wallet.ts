import { createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { firstEndMs } from './certificate-end.ts';
import { pemBlocks, type PemBlock } from './pem.ts';
import { pemOfWallet, type StoredWallet } from './wallet-form.ts';
import { GET_WALLET, walletProblem, type WalletContext } from './wallet-problem.ts';

/**
 * A wallet as the driver takes it: PEM text with a private key, its certificate and then the CA's, and the key's password.
 */
export interface OracleWallet {
  readonly wallet: string;
  readonly password: string | undefined;
}

/** A wallet that was looked into, but not at the clock. */
export interface OpenedWallet extends OracleWallet {
  readonly certificate: X509Certificate;
  /** When the first of its certificates ends, in milliseconds since 1970. */
  readonly endMs: number;
}

/** Redacted line by line too, since an error may quote a part. */
const KEY_LINE_LENGTH_MIN = 32;

/**
 * Opens a wallet in any of its forms. Everything is checked here that would otherwise show as a TLS failure with a
 * puzzling text, but whether it is valid now. Nothing is ever written to disk. The private key and the password are added
 * to the redactor.
 *
 * @param sha256 the digest that the stored bytes must have, lower-case hex; undefined: any
 * @throws WalletError when the digest is another, the form is not known, the password is missing or wrong, there is no
 *   key, no certificate that belongs to it, or no CA certificate
 */
export async function openWallet(
  stored: StoredWallet,
  { sha256, context }: { readonly sha256: string | undefined; readonly context: WalletContext },
): Promise<OpenedWallet> {
  const { password } = stored;
  if (password !== undefined) context.redactor.add(password);
  requireDigest(stored.bytes, { sha256, context });
  const blocks = pemBlocks(await pemOfWallet(stored, context));
  if (blocks.length === 0) {
    // Typical of secrets typed by hand: "\n" as two characters, or blanks where line ends were.
    throw walletProblem('the wallet holds no PEM block', {
      context,
      remedy: `see that its line ends survive; else ${GET_WALLET}`,
    });
  }
  const { block: keyBlock, key } = openKey(blocks, { password, context });
  const certificates = readCertificates(blocks, context);
  const own = certificates.find((one) => one.certificate.checkPrivateKey(key));
  if (own === undefined) {
    throw walletProblem(
      certificates.length === 0
        ? 'the wallet holds no certificate'
        : 'no certificate of the wallet belongs to its private key',
      { context },
    );
  }
  const others = certificates.filter((one) => one !== own);
  if (others.length === 0) {
    throw walletProblem('the wallet holds no CA certificate, so no server could be trusted', {
      context,
    });
  }
  const now = context.clock.now();
  return {
    // The driver presents the first certificate of the text, whichever it is.
    wallet: [keyBlock, own.block, ...others.map(({ block }) => block)]
      .map(({ text }) => `${text.replaceAll('\r\n', '\n')}\n`)
      .join(''),
    password,
    certificate: own.certificate,
    endMs: Math.min(
      Date.parse(own.certificate.validTo),
      firstEndMs(
        others.map(({ certificate }) => certificate),
        now,
      ),
    ),
  };
}

/** @throws WalletError when the wallet's own certificate is not valid now */
export function requireValid({ certificate }: OpenedWallet, context: WalletContext): void {
  const now = context.clock.now();
  if (now > Date.parse(certificate.validTo)) {
    throw walletProblem(`the certificate expired on ${certificate.validTo}`, { context });
  }
  if (now < Date.parse(certificate.validFrom)) {
    throw walletProblem(`the certificate is not valid before ${certificate.validFrom}`, {
      context,
    });
  }
}

function requireDigest(
  bytes: Uint8Array,
  { sha256, context }: { sha256: string | undefined; context: WalletContext },
): void {
  if (sha256 === undefined) return;
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found === sha256) return;
  throw walletProblem(`the wallet has another digest than "walletSha256" says: ${found}`, {
    context,
    remedy:
      'find out who replaced the wallet; if that was right, put its digest (sha256sum) into rotations.json and deploy',
  });
}

function openKey(
  blocks: readonly PemBlock[],
  { password, context }: { password: string | undefined; context: WalletContext },
): { readonly block: PemBlock; readonly key: KeyObject } {
  const block = blocks.find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (block === undefined) {
    throw walletProblem('the wallet holds no private key', {
      context,
      remedy: `for one-way TLS name the CA as "trust.caFile" instead; for mutual TLS ${GET_WALLET}`,
    });
  }
  const lines = block.text.split(/\r?\n/).slice(1, -1);
  context.redactor.add(block.text, ...lines.filter(({ length }) => length >= KEY_LINE_LENGTH_MIN));
  const isEncrypted =
    block.label === 'ENCRYPTED PRIVATE KEY' || block.text.includes('Proc-Type: 4,ENCRYPTED');
  if (isEncrypted && (password === undefined || password === '')) {
    throw walletProblem('the private key is encrypted and has no password beside it', {
      context,
      remedy: 'add "password" to the secret that holds the password of the wallet',
    });
  }
  const passphrase = isEncrypted ? { passphrase: password ?? '' } : {};
  try {
    return { block, key: createPrivateKey({ key: block.text, ...passphrase }) };
  } catch (error) {
    const finding = isEncrypted
      ? 'the private key does not open with the password'
      : 'the private key cannot be read';
    throw walletProblem(finding, {
      context,
      remedy: `check "password" in the secret; else ${GET_WALLET}`,
      cause: error,
    });
  }
}

interface WalletCertificate {
  readonly block: PemBlock;
  readonly certificate: X509Certificate;
}

function readCertificates(
  blocks: readonly PemBlock[],
  context: WalletContext,
): readonly WalletCertificate[] {
  return blocks
    .filter(({ label }) => label === 'CERTIFICATE')
    .map((block) => {
      try {
        return { block, certificate: new X509Certificate(block.text) };
      } catch (error) {
        throw walletProblem('a certificate of the wallet cannot be read', {
          context,
          cause: error,
        });
      }
    });
}
