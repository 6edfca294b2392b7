import { createHash } from 'node:crypto';
import { GenerateMacCommand, VerifyMacCommand, type KMSClient } from '@aws-sdk/client-kms';
import { AuditError, ConfigurationError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { TimeBudget } from '../domain/time-budget.ts';
import type { AuditKey, Mac } from '../ports/audit-key.ts';
import { auditFailure, nameOf } from './audit-failure.ts';

const CALL_MAX_MS = 8_000;
const ALGORITHM = 'HMAC_SHA_256';

/** What a key must be brought out of before KMS computes with it again. */
const STATES: ReadonlyMap<string, string> = new Map([
  ['DisabledException', 'enable the key again (aws kms enable-key)'],
  [
    'KMSInvalidStateException',
    'see which state the key is in (aws kms describe-key); where it is about to be deleted, cancel that (aws kms cancel-key-deletion)',
  ],
]);

export interface KmsAuditKeyOptions {
  readonly client: Pick<KMSClient, 'send'>;
  readonly keyArn: string;
  readonly budget: TimeBudget;
  readonly redactor: Redactor;
}

/**
 * The audit trail's key, kept in AWS KMS as an HMAC_256 key, which it never leaves.
 *
 * KMS takes messages of up to 4096 bytes, so it signs the SHA-256 of the message: 32 bytes, whatever the length. The key's
 * ARN is its version. KMS never changes such a key by itself; another key is another ARN.
 */
export class KmsAuditKey implements AuditKey {
  readonly #client: Pick<KMSClient, 'send'>;
  readonly #keyArn: string;
  readonly #budget: TimeBudget;
  readonly #redactor: Redactor;

  constructor({ client, keyArn, budget, redactor }: KmsAuditKeyOptions) {
    this.#client = client;
    this.#keyArn = keyArn;
    this.#budget = budget;
    this.#redactor = redactor;
  }

  version(): Promise<string> {
    return Promise.resolve(this.#version);
  }

  async sign(message: string): Promise<Mac> {
    const command = new GenerateMacCommand({
      KeyId: this.#keyArn,
      MacAlgorithm: ALGORITHM,
      Message: digestOf(message),
    });
    try {
      const { Mac } = await this.#client.send(command, { abortSignal: this.#deadline() });
      return {
        value: Buffer.from(Mac ?? []).toString('hex'),
        keyVersion: this.#version,
      };
    } catch (error) {
      throw this.#failure(error, 'GenerateMac');
    }
  }

  async verify(message: string, mac: Mac): Promise<'authentic' | 'forged' | 'unknown-key'> {
    // Whoever can write an entry can name a key of their own in it: only this one is ever asked.
    if (mac.keyVersion !== this.#version) return 'unknown-key';
    // The one and only spelling of a MAC: reading hex would take others too.
    if (!/^[0-9a-f]{64}$/.test(mac.value)) return 'forged';
    const command = new VerifyMacCommand({
      KeyId: this.#keyArn,
      MacAlgorithm: ALGORITHM,
      Message: digestOf(message),
      Mac: Buffer.from(mac.value, 'hex'),
    });
    try {
      const { MacValid } = await this.#client.send(command, { abortSignal: this.#deadline() });
      return MacValid === true ? 'authentic' : 'forged';
    } catch (error) {
      if (nameOf(error) === 'KMSInvalidMacException') return 'forged';
      if (nameOf(error) === 'NotFoundException') return 'unknown-key';
      throw this.#failure(error, 'VerifyMac');
    }
  }

  get #version(): string {
    return `kms:${this.#keyArn}`;
  }

  #deadline(): AbortSignal {
    return AbortSignal.timeout(this.#budget.timeoutMs(CALL_MAX_MS));
  }

  #failure(error: unknown, operation: 'GenerateMac' | 'VerifyMac'): Error {
    const name = nameOf(error);
    if (name === 'InvalidKeyUsageException') {
      return new ConfigurationError(`it is no key that computes ${ALGORITHM}`, {
        subject: this.#keyArn,
        remedy: 'name a key with the spec HMAC_256 and the usage GENERATE_VERIFY_MAC',
      });
    }
    const finding = `the key ${this.#keyArn} did not answer ${operation}`;
    const remedy = STATES.get(name);
    if (remedy !== undefined) {
      const cause = this.#redactor.summarize(error);
      return new AuditError(`${finding} (${name})`, { subject: 'audit trail', remedy, cause });
    }
    const permission = `kms:${operation} on ${this.#keyArn}, which the key's policy must allow too`;
    return auditFailure(error, { finding, permission, redactor: this.#redactor });
  }
}

function digestOf(message: string): Buffer {
  return createHash('sha256').update(message, 'utf8').digest();
}
