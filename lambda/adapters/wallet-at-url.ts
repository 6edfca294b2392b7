import * as z from 'zod';
import { Endpoint } from '../../config/primitives.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { exchangeBounded } from './bounded-exchange.ts';
import type { StoredWallet } from './wallet-form.ts';
import { parse } from './wallet-in-secret.ts';
import {
  toWalletError,
  WALLET_BYTES_MAX,
  walletRefused,
  type WalletReading,
} from './wallet-source.ts';

const PLACE = 'the pre-authenticated URL';
/** Shorter parts of a path are words such as a bucket's name; the token of a request has 64 characters. */
const TOKEN_LENGTH_MIN = 16;

const UrlSecret = z.object({ url: z.string().min(1), password: z.string().optional() });

/**
 * Reads a wallet from the pre-authenticated URL in a secret, JSON `{"url": "https://…", "password": "…"}`. The URL opens
 * the wallet to whoever has it: it goes into the redactor, and no error names more of it than the secret it is in.
 *
 * @throws ConfigurationError when the secret is not of that form, or the URL is neither https nor on the loopback address
 * @throws WalletRefusedError, WalletUnreachableError, WalletError (too large), DeadlineError
 */
export async function readWalletAtUrl(
  text: string,
  { secretArn, reading }: { readonly secretArn: string; readonly reading: WalletReading },
): Promise<StoredWallet> {
  const { subject, redactor, budget, clock } = reading;
  const { url, password } = parse(UrlSecret, text, {
    context: { secretArn, redactor },
    form: '{"url": "https://…", "password": "<wallet password>"}',
  });
  redactor.add(url, ...(password === undefined ? [] : [password]));
  hideParts(requireSafe(url, secretArn), reading);
  try {
    const { status, bytes } = await exchangeBounded(url, {
      bytesMax: WALLET_BYTES_MAX,
      budget,
      clock,
    });
    if (status === 200) return { bytes, password };
    const isRedirect = status >= 300 && status < 400;
    throw walletRefused(
      `${PLACE} of the wallet was answered with ${isRedirect ? `a redirect (${status}), which is not followed` : status}`,
      {
        subject,
        remedy: `make a new pre-authenticated URL of the wallet and store it in ${secretArn}`,
      },
    );
  } catch (error) {
    throw toWalletError(error, { place: PLACE, reading });
  }
}

function requireSafe(text: string, secretArn: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && Endpoint.safeParse(text).success && url.username + url.password === '') {
    return url;
  }
  throw new ConfigurationError('"url" in the secret is not an https URL without a user name', {
    subject: secretArn,
    remedy: 'store the pre-authenticated URL of the wallet as "url"',
  });
}

function hideParts({ pathname, search }: URL, { redactor }: WalletReading): void {
  const parts = pathname.split('/').filter(({ length }) => length >= TOKEN_LENGTH_MIN);
  redactor.add(...parts, ...parts.map((part) => decoded(part)), search.slice(1));
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
