import type { SecretState } from '../aws/secret-state.ts';
import type { World } from '../memory/world.ts';
import { credentialOf, keyOf, type ClearCredential, type CredentialKey } from './credentials.ts';
import { Onlooker } from './onlooker.ts';
import type { Promised, Violation } from './violation.ts';

const LABELS = ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS'] as const;

/** Calls that may change what a database accepts. Only logins and reads cannot. */
const CHANGES_DATABASE =
  /^(postgres|oracle|mysql|mariadb):(?!connect|logon|query:(SELECT|BEGIN|ROLLBACK|SHOW))/;
/** A window in which an old password is valid does not end much sooner than looked for. */
const GLANCE_MS = 60_000;
const CHANGES_MIRROR = /^oci:(Update|Promote|Schedule)/;

/** Which call, and what its invocation has seen so far. */
export interface MadeCall {
  readonly call: string;
  /** By the database's name: the credentials that it accepted from this invocation. */
  readonly proven: ReadonlyMap<string, ReadonlySet<CredentialKey>>;
  /** Whether another invocation is at work, of which the service does not know. */
  readonly isRaced: boolean;
  /** Told where AWSCURRENT has moved and the mirror's CURRENT has not. */
  readonly leaveMirrorBehind: () => void;
}

export interface PromisesOptions {
  readonly world: World;
  /** Whether a database goes on accepting AWSCURRENT while it is changed to the next version. */
  readonly keepsCurrent: (database: string) => boolean;
  /** How many calls have been made so far. */
  readonly countCalls: () => number;
}

/**
 * The safety promises, looked at after every call. It sees the stand-ins from outside: a look costs no call and no login.
 *
 * Somebody else may break a promise: a person who moves labels, a database that fails over to an older state. From then on
 * until a rotation succeeds, the second promise asks for any stored version, whatever its label, and `overlap` for nothing.
 */
export class Promises {
  readonly onlooker: Onlooker;
  readonly #options: PromisesOptions;
  readonly #attempted: ClearCredential[] = [];
  /** Accepted by a database before anything began, and by no vault's doing. */
  readonly #given = new Set<CredentialKey>();
  readonly #violations: Violation[] = [];
  #isDisturbed = false;
  #secret: SecretState | undefined;
  #lookedMs = 0;
  #currentId: string | undefined;
  /** What AWSCURRENT was before somebody else moved it: reads that are stale still show it. */
  #beforeId: string | undefined;
  #mirrorCurrent: string | undefined;
  /** What AWSCURRENT was last moved to by a rotation. */
  #committed: string | undefined;
  #opensCurrent: boolean[] = [];

  constructor(options: PromisesOptions) {
    this.#options = options;
    this.onlooker = new Onlooker(options.world);
    this.#remember();
  }

  /** Whether somebody else has done something since the last rotation that succeeded. */
  get isDisturbed(): boolean {
    return this.#isDisturbed;
  }

  get violations(): readonly Violation[] {
    return this.#violations;
  }

  /** A password that a database accepts and no vault needs to hold. */
  give(credential: ClearCredential): void {
    this.#given.add(keyOf(credential));
  }

  /** A password that an invocation is about to set. */
  attempted(credential: ClearCredential): void {
    this.#attempted.push(credential);
  }

  /** Somebody else has done something: a person, or a database that failed over. */
  disturbed(): void {
    this.#isDisturbed = true;
    this.#beforeId = this.#currentId;
    this.onlooker.mirrorMayHaveChanged();
    this.#remember();
  }

  /** A rotation has succeeded: what somebody else broke is mended. */
  settled(): void {
    this.#isDisturbed = false;
    this.#remember();
  }

  /** Time has passed, in which a database may have dropped an old password. */
  timePassed(): void {
    this.#remember();
  }

  /** @param made the last call that took place; undefined where nothing but time has passed since the last look */
  look(made: MadeCall | undefined): void {
    const isOfDatabase = made !== undefined && CHANGES_DATABASE.test(made.call);
    const isOfMirror = made !== undefined && CHANGES_MIRROR.test(made.call);
    const hasTimePassed = this.#options.world.clock.now() - this.#lookedMs > GLANCE_MS;
    const isSecretSame = this.onlooker.secret === this.#secret;
    if (!isOfDatabase && !isOfMirror && isSecretSame && !hasTimePassed) return;
    if (isOfMirror) this.#lookAtMirror(made);
    if (made !== undefined && !isSecretSame) this.#lookAtLabel(made);
    this.#lookForLockOut(made);
    if (isOfDatabase) this.#lookForUnstored();
    this.#remember();
  }

  violate(promise: Promised, finding: string): void {
    this.#violations.push({ promise, finding, call: this.#options.countCalls() });
  }

  #lookAtMirror(made: MadeCall): void {
    this.onlooker.mirrorMayHaveChanged();
    const text = this.onlooker.mirrorCurrent;
    if (text === this.#mirrorCurrent || text === undefined) return;
    // What people read in AWS may go to the mirror: it opens every database, or somebody else is at work.
    const isPublished = text === this.onlooker.textUnder('AWSCURRENT');
    // Another invocation may be taking back what was proven just before the commit, of which it is about to hear.
    if (isPublished && made.isRaced && text === this.#committed) return;
    if (this.#isDisturbed && text === this.onlooker.textOf(this.#beforeId)) return;
    if (isPublished) this.#requireOpensAll(credentialOf(text), "the mirror's CURRENT");
    else this.#requireProven(made, credentialOf(text), "the mirror's CURRENT");
  }

  #lookAtLabel(made: MadeCall): void {
    const { secret } = this.onlooker;
    const currentId = secret.labels.get('AWSCURRENT');
    if (currentId === this.#currentId) return;
    const text = this.onlooker.textOf(currentId);
    if (text === undefined) {
      this.violate('3', 'AWSCURRENT moved to a version without a value');
      return;
    }
    this.#committed = text;
    const credential = credentialOf(text);
    this.#requireProven(made, credential, 'AWSCURRENT');
    if (text !== this.onlooker.mirrorCurrent) made.leaveMirrorBehind();
    if (!this.onlooker.mirrorHolds(credential)) {
      this.violate('3', 'AWSCURRENT moved to a version that the mirror does not hold');
    }
  }

  #requireProven({ proven }: MadeCall, credential: ClearCredential, what: string): void {
    for (const { name } of this.#options.world.databases) {
      if (proven.get(name)?.has(keyOf(credential)) === true) continue;
      this.violate('3', `${what} moved to a version that was not proven on ${name} in this step`);
    }
  }

  #requireOpensAll(credential: ClearCredential, what: string): void {
    if (this.#isDisturbed) return;
    this.#options.world.databases.forEach(({ name }, index) => {
      if (this.onlooker.opens(index, credential)) return;
      this.violate('3', `${what} moved to a version that ${name} refuses`);
    });
  }

  #lookForLockOut(made: MadeCall | undefined): void {
    const labelled = LABELS.map((label) => this.onlooker.textUnder(label)).filter(isThere);
    this.#options.world.databases.forEach(({ name, engine }, index) => {
      const opens = labelled.map((text) => this.onlooker.opens(index, credentialOf(text)));
      const wasOpen = this.#opensCurrent[index] === true;
      if (wasOpen && opens[0] === false && this.#isUnmoved() && this.#mustKeep(name)) {
        // A password that ends while nobody calls the database ends by time.
        if (made?.call.startsWith(`${engine}:`) === true) {
          this.violate('overlap', `${made.call} made ${name} refuse AWSCURRENT`);
        }
      }
      if (opens.includes(true)) return;
      if (this.#isDisturbed && this.#opensWithAny(index)) return;
      const which = this.#isDisturbed ? 'no stored version' : 'no version with a label';
      this.violate('2', `${which} opens ${name}`);
    });
  }

  #isUnmoved(): boolean {
    return this.onlooker.secret.labels.get('AWSCURRENT') === this.#currentId;
  }

  #mustKeep(name: string): boolean {
    return !this.#isDisturbed && this.#options.keepsCurrent(name);
  }

  #opensWithAny(index: number): boolean {
    if (this.onlooker.stored.some((credential) => this.onlooker.opens(index, credential))) {
      return true;
    }
    for (const key of this.onlooker.mirrored) {
      const [username = '', password = ''] = key.split('\n');
      if (this.onlooker.opens(index, { username, password })) return true;
    }
    return false;
  }

  #lookForUnstored(): void {
    const stored = this.onlooker.stored;
    const keys = new Set(stored.map(keyOf));
    this.#options.world.databases.forEach(({ name }, index) => {
      for (const credential of [...stored, ...this.#attempted]) {
        if (!this.onlooker.opens(index, credential)) continue;
        if (this.#given.has(keyOf(credential))) continue;
        if (!keys.has(keyOf(credential))) {
          this.violate('1', `${name} accepts a password that Secrets Manager does not hold`);
        } else if (!this.onlooker.mirrorHolds(credential)) {
          this.violate('1', `${name} accepts a password that the mirror does not hold`);
        }
      }
    });
  }

  #remember(): void {
    this.#secret = this.onlooker.secret;
    this.#lookedMs = this.#options.world.clock.now();
    this.#currentId = this.onlooker.secret.labels.get('AWSCURRENT');
    this.#mirrorCurrent = this.onlooker.mirrorCurrent;
    const text = this.onlooker.textUnder('AWSCURRENT');
    this.#opensCurrent = this.#options.world.databases.map(
      (_, index) => text !== undefined && this.onlooker.opens(index, credentialOf(text)),
    );
  }
}

function isThere<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}
