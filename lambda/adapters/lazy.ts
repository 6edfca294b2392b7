import type { AuditEvent } from '../domain/audit-event.ts';
import type { Credential } from '../domain/credential.ts';
import type { SecretDocument } from '../domain/secret-document.ts';
import type { AuditKey, Mac } from '../ports/audit-key.ts';
import type { AuditTrail } from '../ports/audit-trail.ts';
import type { Database, DatabaseSession, Engine, OwnSession } from '../ports/database.ts';
import type {
  Mirror,
  MirrorSelector,
  MirrorVersion,
  MirrorVersionSummary,
} from '../ports/mirror.ts';

/**
 * A mirror that is made when it is first used. What making it needs (a key in a secret, a large SDK) then fails inside a
 * step, where the rule of least lock-out sees it, and costs nothing in a step that does not come so far.
 */
export class LazyMirror implements Mirror {
  readonly name: string;
  readonly documentBytesMax: number;
  readonly #make: () => Promise<Mirror>;

  constructor(traits: Pick<Mirror, 'name' | 'documentBytesMax'>, make: () => Promise<Mirror>) {
    this.name = traits.name;
    this.documentBytesMax = traits.documentBytesMax;
    this.#make = once(make);
  }

  /** Makes it now, for what is soon to come. A failure is left to the first use, which makes it again. */
  prepare(): void {
    prepare(this.#make);
  }

  async read(selector: MirrorSelector): Promise<MirrorVersion | undefined> {
    return await (await this.#make()).read(selector);
  }

  async stage(version: { name: string; document: SecretDocument }): Promise<void> {
    await (await this.#make()).stage(version);
  }

  async promote(number: number): Promise<void> {
    await (await this.#make()).promote(number);
  }

  async list(): Promise<readonly MirrorVersionSummary[]> {
    return await (await this.#make()).list();
  }

  async retire(number: number): Promise<void> {
    await (await this.#make()).retire(number);
  }
}

/** A database that is made when it is first used; see LazyMirror. */
export class LazyDatabase implements Database {
  readonly name: string;
  readonly engine: Engine;
  readonly canTakeBack: boolean;
  readonly #make: () => Promise<Database>;

  constructor(
    traits: Pick<Database, 'name' | 'engine' | 'canTakeBack'>,
    make: () => Promise<Database>,
  ) {
    this.name = traits.name;
    this.engine = traits.engine;
    this.canTakeBack = traits.canTakeBack;
    this.#make = once(make);
  }

  /** Makes it now, for what is soon to come. A failure is left to the first use, which makes it again. */
  prepare(): void {
    prepare(this.#make);
  }

  async login(credential: Credential): Promise<OwnSession | 'refused'> {
    return await (await this.#make()).login(credential);
  }

  async loginAsSuperuser(username: string): Promise<DatabaseSession | undefined> {
    return await (await this.#make()).loginAsSuperuser(username);
  }
}

/** An audit trail that is made when it is first used; see LazyMirror. */
export class LazyAuditTrail implements AuditTrail {
  readonly #make: () => Promise<AuditTrail>;

  constructor(make: () => Promise<AuditTrail>) {
    this.#make = once(make);
  }

  /** Makes it now, for what is soon to come. A failure is left to the first use, which makes it again. */
  prepare(): void {
    prepare(this.#make);
  }

  async append(event: AuditEvent): Promise<void> {
    await (await this.#make()).append(event);
  }

  async countBySubject(
    query: Parameters<AuditTrail['countBySubject']>[0],
  ): ReturnType<AuditTrail['countBySubject']> {
    return await (await this.#make()).countBySubject(query);
  }

  async tells(said: Parameters<AuditTrail['tells']>[0]): Promise<boolean> {
    return await (await this.#make()).tells(said);
  }

  async heardOf(rotation: Parameters<AuditTrail['heardOf']>[0]): Promise<boolean> {
    return await (await this.#make()).heardOf(rotation);
  }

  async refusedLogins(
    query: Parameters<AuditTrail['refusedLogins']>[0],
  ): ReturnType<AuditTrail['refusedLogins']> {
    return await (await this.#make()).refusedLogins(query);
  }
}

/** An audit key that is made when it is first used; see LazyMirror. */
export class LazyAuditKey implements AuditKey {
  readonly #make: () => Promise<AuditKey>;

  constructor(make: () => Promise<AuditKey>) {
    this.#make = once(make);
  }

  async version(): Promise<string> {
    return await (await this.#make()).version();
  }

  async sign(message: string): Promise<Mac> {
    return await (await this.#make()).sign(message);
  }

  async verify(message: string, mac: Mac): Promise<'authentic' | 'forged' | 'unknown-key'> {
    return await (await this.#make()).verify(message, mac);
  }
}

function prepare(make: () => Promise<unknown>): void {
  make().catch(() => undefined);
}

/** One success is kept; after a failure the next call tries again. */
export function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return async () => {
    made ??= make();
    try {
      return await made;
    } catch (error) {
      made = undefined;
      throw error;
    }
  };
}
