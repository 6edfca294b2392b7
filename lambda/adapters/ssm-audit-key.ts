import { createSecretKey, type KeyObject } from 'node:crypto';
import { GetParameterCommand, type Parameter, type SSMClient } from '@aws-sdk/client-ssm';
import { isMacOf, macOf } from '../audit/mac.ts';
import { ConfigurationError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { TimeBudget } from '../domain/time-budget.ts';
import type { AuditKey, Mac } from '../ports/audit-key.ts';
import { auditFailure, nameOf } from './audit-failure.ts';

const CALL_MAX_MS = 8_000;
/** The output of SHA-256: a shorter key would weaken HMAC-SHA256 (RFC 2104, section 3). */
export const KEY_BYTES_MIN = 32;

/** What a container remembers of the key between invocations. Start with `newSsmKeyCache()`. */
export interface SsmKeyCache {
  /** The version that signs. */
  current: number | undefined;
  readonly versions: Map<number, KeyObject>;
}

export function newSsmKeyCache(): SsmKeyCache {
  return { current: undefined, versions: new Map() };
}

export interface SsmAuditKeyOptions {
  readonly client: SSMClient;
  /** Full name of the parameter. */
  readonly parameter: string;
  readonly cache: SsmKeyCache;
  readonly budget: TimeBudget;
  readonly redactor: Redactor;
}

/**
 * The audit trail's key, kept in AWS Systems Manager as a SecureString; its UTF-8 bytes are the key.
 *
 * Every value that a parameter had remains readable under its version, so that overwriting it does not make old
 * entries unverifiable. (Systems Manager keeps the last 100.)
 */
export class SsmAuditKey implements AuditKey {
  readonly #client: SSMClient;
  readonly #parameter: string;
  readonly #cache: SsmKeyCache;
  readonly #budget: TimeBudget;
  readonly #redactor: Redactor;

  constructor({ client, parameter, cache, budget, redactor }: SsmAuditKeyOptions) {
    this.#client = client;
    this.#parameter = parameter;
    this.#cache = cache;
    this.#budget = budget;
    this.#redactor = redactor;
    // The redactor lives for one invocation, the cache for many.
    for (const key of cache.versions.values()) redactor.add(key.export().toString('utf8'));
  }

  async version(): Promise<string> {
    return versionName((await this.#signingKey()).version);
  }

  async sign(message: string): Promise<Mac> {
    const { version, key } = await this.#signingKey();
    return { value: macOf(key, message), keyVersion: versionName(version) };
  }

  async verify(message: string, mac: Mac): Promise<'authentic' | 'forged' | 'unknown-key'> {
    const key = await this.#verifyingKey(mac.keyVersion);
    if (key === undefined) return 'unknown-key';
    return isMacOf(key, { message, mac: mac.value }) ? 'authentic' : 'forged';
  }

  async #signingKey(): Promise<{ readonly version: number; readonly key: KeyObject }> {
    const { current, versions } = this.#cache;
    const known = current === undefined ? undefined : versions.get(current);
    if (current !== undefined && known !== undefined) return { version: current, key: known };
    try {
      const fetched = this.#keep(await this.#get(this.#parameter));
      // Of two calls at once the first decides, so that one version signs for as long as this object lives.
      this.#cache.current ??= fetched.version;
      return this.#cache.current === fetched.version ? fetched : await this.#signingKey();
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async #verifyingKey(keyVersion: string): Promise<KeyObject | undefined> {
    const digits = /^ssm:([1-9]\d{0,9})$/.exec(keyVersion)?.[1];
    if (digits === undefined) return undefined;
    const known = this.#cache.versions.get(Number(digits));
    if (known !== undefined) return known;
    try {
      return this.#keep(await this.#get(`${this.#parameter}:${digits}`)).key;
    } catch (error) {
      if (nameOf(error) === 'ParameterVersionNotFound') return undefined;
      throw this.#failure(error);
    }
  }

  async #get(name: string): Promise<Parameter> {
    const command = new GetParameterCommand({ Name: name, WithDecryption: true });
    const abortSignal = AbortSignal.timeout(this.#budget.timeoutMs(CALL_MAX_MS));
    const { Parameter } = await this.#client.send(command, { abortSignal });
    return Parameter ?? {};
  }

  #keep({ Type, Value = '', Version }: Parameter): {
    readonly version: number;
    readonly key: KeyObject;
  } {
    this.#redactor.add(Value);
    if (Type !== 'SecureString') throw this.#unfit(`has the type ${Type ?? 'unknown'}`);
    const bytes = Buffer.byteLength(Value, 'utf8');
    if (bytes < KEY_BYTES_MIN) throw this.#unfit(`has ${bytes} bytes`);
    if (Version === undefined) throw this.#unfit('has no version');
    const key = createSecretKey(Value, 'utf8');
    this.#cache.versions.set(Version, key);
    return { version: Version, key };
  }

  #unfit(finding: string): ConfigurationError {
    return new ConfigurationError(`${finding}, so that it is no key of the audit trail`, {
      subject: this.#parameter,
      remedy: `make it a SecureString of at least ${KEY_BYTES_MIN} random bytes, for example 64 hex digits`,
    });
  }

  #failure(error: unknown): Error {
    if (error instanceof ConfigurationError) return error;
    return auditFailure(error, {
      finding: `the key ${this.#parameter} could not be read`,
      permission: `ssm:GetParameter on ${this.#parameter}, and kms:Decrypt on the key that encrypts it`,
      redactor: this.#redactor,
    });
  }
}

function versionName(version: number): string {
  return `ssm:${version}`;
}
