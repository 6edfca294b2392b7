import { unzipSync, type UnzipFileInfo } from 'fflate';
import { WalletError } from '../domain/errors.ts';
import { walletProblem, type WalletContext } from './wallet-problem.ts';

/** A wallet of Autonomous Database has about ten files. */
const ENTRIES_MAX = 64;
const NAME_LENGTH_MAX = 255;
/** Of the one file that is inflated. A key, a certificate and some CAs have about 10 KB. */
const INFLATED_BYTES_MAX = 256 * 1024;

/** What can be read, the best first. */
const READABLE = ['ewallet.pem', 'ewallet.p12'];
const AUTO_LOGIN = 'cwallet.sso';

/**
 * The bytes of `ewallet.pem`, else of `ewallet.p12`, in a zip; in whatever folder of it. No other file is inflated.
 *
 * @throws WalletError when neither is in it, one of them is in it twice, it is damaged, or larger than a wallet can be
 */
export function walletInZip(zip: Uint8Array, context: WalletContext): Uint8Array {
  const entries = listEntries(zip, context);
  const wanted = READABLE.flatMap((file) => {
    const found = entries.filter(({ name }) => fileOf(name) === file);
    // Which of them a person looked at before storing the zip, nobody can tell.
    if (found.length > 1) {
      throw walletProblem(`the zip holds ${file} more than once`, { context });
    }
    return found;
  })[0];
  if (wanted === undefined) throw noWallet(entries, context);
  if (wanted.originalSize > INFLATED_BYTES_MAX) throw tooLarge(wanted.name, context);
  const bytes = unzip(zip, { context, filter: ({ name }) => name === wanted.name })[wanted.name];
  if (bytes?.length !== wanted.originalSize) throw damaged(context);
  return bytes;
}

function listEntries(zip: Uint8Array, context: WalletContext): readonly UnzipFileInfo[] {
  const entries: UnzipFileInfo[] = [];
  unzip(zip, {
    context,
    filter: (entry) => {
      if (entries.length === ENTRIES_MAX) {
        throw walletProblem(`the zip holds more than ${ENTRIES_MAX} files`, { context });
      }
      if (entry.name.length > NAME_LENGTH_MAX) {
        throw walletProblem('the zip holds a file with an endless name', { context });
      }
      entries.push(entry);
      return false;
    },
  });
  return entries;
}

function unzip(
  zip: Uint8Array,
  { context, filter }: { context: WalletContext; filter: (entry: UnzipFileInfo) => boolean },
): Readonly<Record<string, Uint8Array>> {
  try {
    return unzipSync(zip, { filter });
  } catch (error) {
    if (error instanceof WalletError) throw error;
    throw damaged(context, error);
  }
}

function noWallet(entries: readonly UnzipFileInfo[], context: WalletContext): WalletError {
  const isAutoLogin = entries.some(({ name }) => fileOf(name) === AUTO_LOGIN);
  return walletProblem(
    isAutoLogin
      ? "the zip holds an auto-login wallet only (cwallet.sso), which nothing but Oracle's own clients can read"
      : 'the zip holds no wallet',
    {
      context,
      remedy: `store a zip with ${READABLE.join(' or ')} in it, or one of these itself`,
    },
  );
}

function tooLarge(name: string, context: WalletContext): WalletError {
  return walletProblem(
    `${fileOf(name)} in the zip has more than ${INFLATED_BYTES_MAX} bytes when inflated`,
    { context },
  );
}

function damaged(context: WalletContext, cause?: unknown): WalletError {
  return walletProblem('the zip is damaged', { context, cause });
}

function fileOf(name: string): string {
  return name.split('/').at(-1) ?? name;
}
