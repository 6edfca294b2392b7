import type { WalletError } from '../domain/errors.ts';
import { walletProblem, type WalletContext } from './wallet-problem.ts';

/** A wallet as it is stored: the bytes of a file, and the password beside them. */
export interface StoredWallet {
  readonly bytes: Uint8Array;
  readonly password: string | undefined;
}

type Form = 'pem' | 'zip' | 'pkcs12' | 'auto-login';

const PEM_BEGIN = '-----BEGIN ';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** What a file begins with. A zip: APPNOTE 4.3.7. PKCS#12: a SEQUENCE longer than 127 bytes. cwallet.sso: as orapki writes it. */
const MAGIC: readonly { readonly form: Form; readonly bytes: readonly number[] }[] = [
  { form: 'zip', bytes: [0x50, 0x4b, 0x03, 0x04] },
  { form: 'auto-login', bytes: [0xa1, 0xf8, 0x4e] },
  { form: 'pkcs12', bytes: [0x30, 0x80] },
  { form: 'pkcs12', bytes: [0x30, 0x82] },
  { form: 'pkcs12', bytes: [0x30, 0x83] },
];

/**
 * The PEM text in a stored wallet, whichever form that has: PEM, a zip with `ewallet.pem` or `ewallet.p12` in it,
 * PKCS#12, or base64 of one of these. What is not PEM is converted in memory.
 *
 * @throws WalletError when it has none of these forms, or another one inside, or the password does not open it
 */
export async function pemOfWallet(stored: StoredWallet, context: WalletContext): Promise<string> {
  const { password } = stored;
  const { form, bytes } = unwrap(stored.bytes, context);
  switch (form) {
    case 'pem':
      return textOf(bytes);
    case 'zip': {
      const { walletInZip } = await import('./wallet-zip.ts');
      return await pemOfFile(walletInZip(bytes, context), { password, context });
    }
    case 'pkcs12':
    case 'auto-login':
      return await pemOfFile(bytes, { password, context });
  }
}

async function pemOfFile(
  bytes: Uint8Array,
  { password, context }: { password: string | undefined; context: WalletContext },
): Promise<string> {
  const form = formOf(bytes);
  if (form === 'pem') return textOf(bytes);
  if (form !== 'pkcs12') throw unknownForm(form, context);
  // Loaded here: other wallets have no use for it.
  const { pemOfPkcs12 } = await import('./wallet-pkcs12.ts');
  return pemOfPkcs12(bytes, { password, context });
}

/** Takes base64 away, where a secret holds a file as text. */
function unwrap(bytes: Uint8Array, context: WalletContext): { form: Form; bytes: Uint8Array } {
  const form = formOf(bytes);
  if (form !== undefined) return { form, bytes };
  const text = textOf(bytes).replaceAll(/\s/g, '');
  const decoded = BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
  const inner = decoded === undefined ? undefined : formOf(decoded);
  if (decoded === undefined || inner === undefined) throw unknownForm(inner, context);
  return { form: inner, bytes: decoded };
}

function formOf(bytes: Uint8Array): Form | undefined {
  const known = MAGIC.find((magic) => magic.bytes.every((byte, index) => bytes[index] === byte));
  if (known !== undefined) return known.form;
  return textOf(bytes).includes(PEM_BEGIN) ? 'pem' : undefined;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

function unknownForm(form: Form | undefined, context: WalletContext): WalletError {
  const finding =
    form === 'auto-login'
      ? "the wallet is an auto-login wallet (cwallet.sso), which nothing but Oracle's own clients can read"
      : 'the wallet is neither PEM, nor a zip, nor PKCS#12, nor base64 of one of them';
  return walletProblem(finding, {
    context,
    remedy: 'store the zip as it was downloaded, or ewallet.pem or ewallet.p12 out of it',
  });
}
