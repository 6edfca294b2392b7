import { nativeHash } from '../../lambda/adapters/mariadb-hash.ts';
import { mysqlError } from './database-mysql-errors.ts';

export interface MariadbAccountsOptions {
  /** Users of applications, and their passwords. */
  readonly users: ReadonlyMap<string, string>;
  /** Users with CREATE USER, which may change the passwords of all. @default none */
  readonly superusers?: ReadonlyMap<string, string>;
}

/** Whose session it is, and whose account. */
interface Access {
  readonly by: string;
  readonly user: string;
}

/**
 * The accounts of a MariaDB server (10.4 and later) in memory, as far as their passwords go: one method of logging in each,
 * or two (`IDENTIFIED VIA … OR …`), each with the hash of a password. No rule about passwords can refuse a hash.
 *
 * Every verb either takes effect or throws what mysql2 would.
 */
export class MariadbAccounts {
  readonly #superusers: ReadonlySet<string>;
  /** The first method first. */
  readonly #hashes = new Map<string, readonly string[]>();
  readonly #refusedLogins = new Map<string, number>();

  constructor({ users, superusers = new Map() }: MariadbAccountsOptions) {
    for (const [name, password] of [...users, ...superusers]) this.setPassword(name, password);
    this.#superusers = new Set(superusers.keys());
  }

  has(user: string): boolean {
    return this.#hashes.has(user);
  }

  isSuperuser(user: string): boolean {
    return this.#superusers.has(user);
  }

  /** Whether a password opens the account now, by whichever method. Counts nothing. */
  opens(user: string, password: string): boolean {
    return this.#hashes.get(user)?.includes(hashOf(password)) ?? false;
  }

  /** Logins of that name that were refused for name or password. */
  refusedLogins(user: string): number {
    return this.#refusedLogins.get(user) ?? 0;
  }

  /** By somebody else, behind the back of a rotation: it is the only one then. */
  setPassword(user: string, password: string): void {
    this.#hashes.set(user, [hashOf(password)]);
  }

  /** @throws 1045, also for a user that does not exist */
  login(user: string, password: string): void {
    if (this.opens(user, password)) return;
    this.#refusedLogins.set(user, this.refusedLogins(user) + 1);
    throw mysqlError(1045);
  }

  /** SHOW CREATE USER: a user may see the methods of its own, a superuser those of all. @throws 1142, 1396 */
  hashes({ by, user }: Access): readonly string[] {
    if (by !== user && !this.isSuperuser(by)) throw mysqlError(1142);
    return this.#existing(user);
  }

  /** SET PASSWORD by the user itself: it replaces the first method, and a second one stays valid. */
  setOwnHash(user: string, hash: string): void {
    const [, ...others] = this.#existing(user);
    this.#hashes.set(user, [hash, ...others]);
  }

  /** ALTER USER … IDENTIFIED VIA … [OR …]: these methods and no other. @throws 1227, 1396 */
  alterUser({ by, user, hashes }: Access & { readonly hashes: readonly string[] }): void {
    if (!this.isSuperuser(by)) throw mysqlError(1227);
    this.#existing(user);
    this.#hashes.set(user, hashes);
  }

  #existing(user: string): readonly string[] {
    const hashes = this.#hashes.get(user);
    if (hashes === undefined) throw mysqlError(1396);
    return hashes;
  }
}

/** A few passwords are asked for over and over. */
const known = new Map<string, string>();
const KNOWN_MAX = 1_000;

function hashOf(password: string): string {
  let hash = known.get(password);
  if (hash === undefined) {
    if (known.size >= KNOWN_MAX) known.clear();
    hash = nativeHash(password);
    known.set(password, hash);
  }
  return hash;
}
