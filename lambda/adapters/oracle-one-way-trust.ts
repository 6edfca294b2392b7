import type { Clock } from '../domain/time-budget.ts';

const VALIDITY_MS = 24 * 60 * 60 * 1000;
const BACKDATE_MS = 60 * 60 * 1000;

/**
 * A wallet for one-way TLS to a server whose certificate chains to a private CA: the CA, with a key and a certificate
 * in front that mean nothing.
 *
 * The driver hands the wallet to TLS as CA, certificate and private key at once, and TLS fails without a key. The
 * alternative, NODE_EXTRA_CA_CERTS, would make every other connection of the process trust the database's CA. The key
 * is made here and exists in memory only; nobody else can sign with it, and its certificate may sign none. It is shown
 * to a server only if that asks for a client certificate, which is not one-way TLS.
 */
export async function makeOneWayTrust(caPem: string, clock: Pick<Clock, 'now'>): Promise<string> {
  // Loaded here: other rotations have no use for it.
  const { makeSelfSigned } = await import('./self-signed-certificate.ts');
  const { keyPem, certificatePem } = makeSelfSigned('lockstep without a wallet', {
    fromMs: clock.now() - BACKDATE_MS,
    toMs: clock.now() + VALIDITY_MS,
  });
  return [keyPem, certificatePem, caPem].join('\n');
}
