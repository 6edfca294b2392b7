import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { AuditCopyTo } from '../../config/audit-copy-config.ts';
import type { OciVaultConfig } from '../../config/mirror-config.ts';
import { AuditCopyError, DeadlineError, LockstepError } from '../domain/errors.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { AuditObject } from '../ports/audit-store.ts';
import type { CopyStore } from '../ports/copy-store.ts';
import type { BoundedAnswer } from './bounded-exchange.ts';
import { within } from './deadline.ts';
import {
  codeOf,
  ObjectStorageClient,
  objectsUrl,
  type ObjectStorageClientOptions,
} from './object-storage-client.ts';
import type { OciAccess } from './oci-access.ts';
import { ociServiceUrl } from './oci-service-url.ts';

/** Twice within the time of a copy, with the pauses. */
const ATTEMPT_MAX_MS = 1_200;
/** As long as a copy has at most. */
const ACCESS_MAX_MS = 3_000;
/** An answer to a put is empty, or a refusal. */
const REFUSAL_BYTES_MAX = 16 * 1_024;
/** A thousand names with their digests take some 200 KB. */
const LISTING_BYTES_MAX = 4 * 1_024 * 1_024;

/** ListObjects (OCI, API reference). `md5` is base64, and there where it is asked for. */
const Listing = z.looseObject({
  objects: z.array(z.looseObject({ name: z.string(), md5: z.string().optional() })),
  nextStartWith: z.string().nullish(),
});
type Listing = z.infer<typeof Listing>;

export interface OciCopyStoreOptions extends ObjectStorageClientOptions {
  readonly place: AuditCopyTo['ociObjectStorage'];
  /** Whose region, or endpoint, it is, where the place names none. */
  readonly mirror: Pick<OciVaultConfig, 'name' | 'region' | 'endpoints'>;
  readonly redactor: Redactor;
}

/**
 * Copies in a bucket of OCI Object Storage.
 *
 * Needs OBJECT_CREATE and OBJECT_INSPECT, and no more: `if-none-match: *` overwrites nothing, and whether what stands
 * there is the same is told by the digest in its listing.
 */
export class OciCopyStore implements CopyStore {
  readonly #options: OciCopyStoreOptions;
  readonly #client: ObjectStorageClient;
  readonly #url: string;
  readonly #prefix: string;

  constructor(options: OciCopyStoreOptions) {
    const { place, mirror } = options;
    this.#options = options;
    this.#client = new ObjectStorageClient({ ...options, access: inTime(options) });
    this.#prefix = place.prefix ?? '';
    const { region = mirror.region } = place;
    this.#url = objectsUrl(ociServiceUrl({ ...mirror, region }, 'objectStorage'), place);
  }

  async put({ key, body }: AuditObject): Promise<void> {
    const name = `${this.#prefix}${key}`;
    const md5 = md5Of(body);
    const headers = {
      'content-type': 'application/json',
      'content-md5': md5,
      'if-none-match': '*',
    };
    await this.#within(name, async () => {
      const answer = await this.#client.call(`${this.#url}/${encodeURIComponent(name)}`, {
        method: 'PUT',
        body,
        headers,
        bytesMax: REFUSAL_BYTES_MAX,
        attemptMaxMs: ATTEMPT_MAX_MS,
      });
      if (answer.status === 200) return;
      if (answer.status === 401) throw this.#refused('PutObject', { name, answer });
      await this.#requireSame({ name, md5, answer });
    });
  }

  async keys({
    prefix,
    after,
    limit,
  }: Parameters<CopyStore['keys']>[0]): Promise<readonly string[]> {
    const start = `${this.#prefix}${prefix}`;
    return await this.#within(start, async () => {
      const names: string[] = [];
      let startAfter = after === undefined ? undefined : `${this.#prefix}${after}`;
      for (let isWhole = false; !isWhole && names.length < limit;) {
        const query = { prefix: start, limit: String(limit - names.length) };
        const page = await this.#list({ ...query, ...(startAfter && { startAfter }) });
        names.push(...page.objects.map(({ name }) => name));
        startAfter = names.at(-1);
        // A page may hold fewer than asked for and yet not be the last; an empty one leads nowhere.
        isWhole = !page.nextStartWith || page.objects.length === 0;
      }
      return names.map((name) => name.slice(this.#prefix.length));
    });
  }

  /**
   * The key is taken: by this very copy, whose answer was lost or which another invocation made, or by something else. To
   * who may not overwrite, OCI may also say that it is not permitted at all.
   */
  async #requireSame({
    name,
    md5,
    answer,
  }: {
    readonly name: string;
    readonly md5: string;
    readonly answer: BoundedAnswer;
  }): Promise<void> {
    const { objects } = await this.#list({ prefix: name, limit: '1', fields: 'name,md5' });
    const [found] = objects;
    if (found?.name !== name) throw this.#refused('PutObject', { name, answer });
    if (found.md5 === md5) return;
    throw new AuditCopyError(`another object stands in the place of the copy ${name}`, {
      subject: this.#subject,
      remedy:
        'find out who wrote it; compare the copies with the trail: lockstep audit verify --copies',
    });
  }

  async #list(query: Readonly<Record<string, string>>): Promise<Listing> {
    const answer = await this.#client.call(
      `${this.#url}?${new URLSearchParams(query).toString()}`,
      {
        bytesMax: LISTING_BYTES_MAX,
        attemptMaxMs: ATTEMPT_MAX_MS,
      },
    );
    if (answer.status !== 200) {
      throw this.#refused('ListObjects', { name: query['prefix'] ?? '', answer });
    }
    return Listing.parse(JSON.parse(Buffer.from(answer.bytes).toString('utf8')));
  }

  async #within<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      // What little time a copy has says nothing about the step's.
      if (error instanceof LockstepError && !(error instanceof DeadlineError)) throw error;
      throw new AuditCopyError(`OCI Object Storage gave no usable answer about ${name}`, {
        subject: this.#subject,
        remedy: 'none is needed once; if it goes on, check the way from the function to OCI',
        cause: this.#options.redactor.summarize(error),
      });
    }
  }

  #refused(
    operation: string,
    { name, answer }: { readonly name: string; readonly answer: BoundedAnswer },
  ): AuditCopyError {
    const what = [operation, answer.status, codeOf(answer.bytes)];
    const finding = what.filter((part) => part !== undefined).join(' ');
    return new AuditCopyError(`OCI Object Storage refused the copy ${name} (${finding})`, {
      subject: this.#subject,
      remedy: this.#remedyFor(answer),
    });
  }

  #remedyFor({ status }: BoundedAnswer): string {
    const { mirror, place } = this.#options;
    if (status === 401) return `check how the mirror ${mirror.name} signs in to OCI, and the clock`;
    return `check namespace, bucket and region of audit.copyTo, and that the policy is what "lockstep policy oci" prints for the bucket ${place.bucket}; OCI answers 404 for what is missing and for what is not permitted`;
  }

  get #subject(): string {
    return `copies in ${this.#options.place.bucket}`;
  }
}

/**
 * The way in, waited for only as long as there is time. Federated access makes a key pair, which on a busy machine takes
 * longer than a copy may; what it would call afterwards has no time left by then.
 */
function inTime({ access, budget }: OciCopyStoreOptions): OciAccess {
  const wait = async <Value>(work: () => Promise<Value>): Promise<Value> =>
    await within(budget.timeoutMs(ACCESS_MAX_MS), work());
  return {
    remedy: access.remedy,
    signingKey: async () => await wait(() => access.signingKey()),
    replace: async (refused) => await wait(() => access.replace(refused)),
  };
}

function md5Of(body: string): string {
  return createHash('md5').update(body).digest('base64');
}
