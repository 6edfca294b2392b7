import type { FederatedAuth } from '../../config/mirror-config.ts';
import { VaultRefusedError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { Clock, TimeBudget } from '../domain/time-budget.ts';
import type { OciAccess, OciSigningKey } from './oci-access.ts';
import type { OciOAuthClient } from './oci-oauth-client.ts';
import {
  generateSessionKeys,
  sessionOf,
  type OciSession,
  type OciSessionKeys,
} from './oci-session.ts';
import { exchangeToken } from './oci-token-exchange.ts';
import { redactPem } from './pem.ts';
import { redactToken } from './token.ts';

/** Where a container keeps a session between invocations. */
export interface OciSessionSlot {
  session: OciSession | undefined;
}

export interface OciFederatedAccessOptions {
  /** Name of a mirror that is reached with it, for errors. */
  readonly subject: string;
  readonly auth: FederatedAuth;
  readonly slot: OciSessionSlot;
  /** A fresh token of AWS for the audience. */
  readonly getWebIdentityToken: () => Promise<string>;
  readonly readOAuthClient: () => Promise<OciOAuthClient>;
  /** @default a fresh RSA key pair */
  readonly makeKeys?: (() => Promise<OciSessionKeys>) | undefined;
  readonly budget: TimeBudget;
  readonly clock: Clock;
  readonly redactor: Redactor;
}

/**
 * Access as a service user of OCI, with no key that lasts: the function's role in AWS is exchanged for a session of at
 * most an hour, whose private key is made here and never leaves the process.
 *
 * A session is used by the invocations of a container until half of its time is over; then another one, of another key
 * pair, takes its place. Where that fails the first one goes on until it ends, and this invocation does not ask again.
 * Made for one invocation.
 */
export class OciFederatedAccess implements OciAccess {
  readonly remedy: string;
  readonly #options: OciFederatedAccessOptions;
  #renewal: Promise<OciSession> | undefined;
  #keepsSession = false;
  #hasReplaced = false;

  constructor(options: OciFederatedAccessOptions) {
    const { auth, slot, redactor } = options;
    this.remedy = `check that the service user of the identity propagation trust in ${auth.domainUrl} is active and in the group of the policy, and the clock`;
    this.#options = options;
    // The redactor lives for one invocation, the session for many.
    if (slot.session !== undefined) addToRedactor(slot.session, redactor);
  }

  /** @throws VaultUnreachableError, VaultRefusedError, ConfigurationError, DeadlineError */
  async signingKey(): Promise<OciSigningKey> {
    const { slot, clock } = this.#options;
    const kept = slot.session;
    if (kept === undefined || clock.now() >= kept.endsMs) return await this.#renew();
    if (clock.now() < kept.renewFromMs || this.#keepsSession) return kept;
    try {
      return await this.#renew();
    } catch {
      this.#keepsSession = true;
      // The attempt took its time: it may be over by now.
      return await this.signingKey();
    }
  }

  /** OCI does not say why it refuses: the session may have ended there earlier. Another one is tried once. */
  async replace(refused: OciSigningKey): Promise<OciSigningKey | undefined> {
    const { slot } = this.#options;
    // Another call was refused likewise, and has seen to it.
    if (slot.session !== undefined && slot.session.keyId !== refused.keyId) return slot.session;
    if (this.#renewal === undefined) {
      if (this.#hasReplaced) return undefined;
      this.#hasReplaced = true;
      // Whatever comes of it, nobody is to sign with a session that was refused.
      slot.session = undefined;
    }
    return await this.#renew();
  }

  /** However many calls want it, one renewal is under way at a time. */
  async #renew(): Promise<OciSession> {
    this.#renewal ??= this.#exchange().finally(() => {
      this.#renewal = undefined;
    });
    return await this.#renewal;
  }

  async #exchange(): Promise<OciSession> {
    const { subject, auth, slot, clock, redactor, makeKeys = generateSessionKeys } = this.#options;
    const [subjectToken, client, keys] = await Promise.all([
      this.#options.getWebIdentityToken(),
      this.#options.readOAuthClient(),
      makeKeys(),
    ]);
    const { privateKeyPem, publicKeyBase64 } = keys;
    redactPem(privateKeyPem, redactor);
    const token = await exchangeToken(
      { ...this.#options, ...auth },
      { client, subjectToken, publicKeyBase64 },
    );
    const session = sessionOf(token, { privateKeyPem, nowMs: clock.now() });
    if (session === 'without-end' || session === 'ended') {
      const finding = session === 'ended' ? 'has ended' : 'does not say when it ends';
      throw new VaultRefusedError(`the session token that came ${finding}`, {
        subject,
        remedy: `check the clock, and that domainUrl is that of an identity domain of OCI (${auth.domainUrl})`,
      });
    }
    slot.session = session;
    return session;
  }
}

function addToRedactor({ keyId, privateKeyPem }: OciSession, redactor: Redactor): void {
  redactToken(keyId.slice('ST$'.length), redactor);
  redactPem(privateKeyPem, redactor);
}
