import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type GetObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { AuditError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { Clock, TimeBudget } from '../domain/time-budget.ts';
import type { AuditObject, AuditStore } from '../ports/audit-store.ts';
import { auditFailure, nameOf, statusOf } from './audit-failure.ts';

/** All of a call: the SDK's attempts, the waits between them, and the body of the answer. */
const CALL_MAX_MS = 8_000;
/** An entry has about 1 KB. A larger object was put there by someone else and is not read into memory. */
const OBJECT_BYTES_MAX = 64 * 1_024;
const CONFLICT_ATTEMPTS_MAX = 4;
const CONFLICT_WAIT_MS = 50;

export interface S3AuditStoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly budget: TimeBudget;
  readonly clock: Clock;
  readonly redactor: Redactor;
}

/**
 * The audit trail's objects in an S3 bucket.
 *
 * S3 reads and lists what was written at once, and `If-None-Match: *` makes a write fail where the key is taken.
 */
export class S3AuditStore implements AuditStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #budget: TimeBudget;
  readonly #clock: Clock;
  readonly #redactor: Redactor;

  constructor({ client, bucket, budget, clock, redactor }: S3AuditStoreOptions) {
    this.#client = client;
    this.#bucket = bucket;
    this.#budget = budget;
    this.#clock = clock;
    this.#redactor = redactor;
  }

  async write(object: AuditObject): Promise<'written' | 'exists'> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#put(object);
        return 'written';
      } catch (error) {
        if (statusOf(error) === 412) return 'exists';
        // 409: another write to the key is under way, or a delete was; only a repetition tells whose it is.
        if (statusOf(error) !== 409 || attempt === CONFLICT_ATTEMPTS_MAX) {
          throw this.#failure(error, `the entry could not be written to ${this.#url(object.key)}`);
        }
      }
      await this.#clock.sleep(CONFLICT_WAIT_MS * attempt);
    }
  }

  async read(key: string): Promise<AuditObject | undefined> {
    try {
      const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key });
      const output = await this.#client.send(command, { abortSignal: this.#deadline() });
      return { key, body: await readBody(key, output) };
    } catch (error) {
      if (nameOf(error) === 'NoSuchKey') return undefined;
      throw this.#failure(error, `${this.#url(key)} could not be read`);
    }
  }

  async keys(range: {
    readonly prefix: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly string[]> {
    const keys: string[] = [];
    try {
      let token: string | undefined;
      do {
        const command = new ListObjectsV2Command({
          Bucket: this.#bucket,
          Prefix: range.prefix,
          StartAfter: range.after,
          MaxKeys: range.limit - keys.length,
          ContinuationToken: token,
        });
        const page = await this.#client.send(command, { abortSignal: this.#deadline() });
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
        // A page may hold fewer keys than asked for, even none, and yet not be the last.
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (token !== undefined && keys.length < range.limit);
    } catch (error) {
      throw this.#failure(error, `${this.#url(range.prefix)} could not be listed`);
    }
    return keys;
  }

  async #put({ key, body }: AuditObject): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Body: body,
      ContentType: 'application/json',
      IfNoneMatch: '*',
    });
    await this.#client.send(command, { abortSignal: this.#deadline() });
  }

  #deadline(): AbortSignal {
    return AbortSignal.timeout(this.#budget.timeoutMs(CALL_MAX_MS));
  }

  #failure(error: unknown, finding: string): AuditError {
    const permission = `s3:PutObject, s3:GetObject and s3:ListBucket on the trail's prefix of ${this.#bucket}`;
    return auditFailure(error, { finding, permission, redactor: this.#redactor });
  }

  #url(key: string): string {
    return `s3://${this.#bucket}/${key}`;
  }
}

async function readBody(key: string, output: GetObjectCommandOutput): Promise<string> {
  const { Body, ContentLength = 0 } = output;
  if (Body === undefined) return '';
  if (ContentLength > OBJECT_BYTES_MAX) {
    if (Body instanceof Readable) Body.destroy();
    throw new AuditError(
      `the object has ${ContentLength} bytes, an entry at most ${OBJECT_BYTES_MAX}`,
      {
        subject: key,
        remedy: 'find out who wrote this object',
      },
    );
  }
  return await Body.transformToString('utf-8');
}
