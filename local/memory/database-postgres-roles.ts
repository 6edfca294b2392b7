/** An error as node-postgres rejects with it where the server has answered. Class 57P ends the session. */
export function postgresError(code: string, message: string): Error {
  const severity = code.startsWith('57P') || code.startsWith('28') ? 'FATAL' : 'ERROR';
  return Object.assign(new Error(message), { code, severity });
}

export interface PostgresRolesOptions {
  /** Roles of applications, and their passwords. */
  readonly users: ReadonlyMap<string, string>;
  /** Roles that may change the password of the others: CREATEROLE, with the ADMIN option on each. @default none */
  readonly superusers?: ReadonlyMap<string, string>;
  /** A password rule of the server. @default every password is taken */
  readonly acceptsByPolicy?: (password: string) => boolean;
  /** Epoch milliseconds, for passwords that end. @default no password ever ends */
  readonly now?: () => number;
}

export interface RoleChange {
  /** Whose session it is. */
  readonly by: string;
  readonly role: string;
  readonly password: string;
}

/**
 * The roles of a PostgreSQL server in memory, as far as their passwords go: one password a role, which can be set again at
 * will. It has no locks: two sessions that change one role at once do not wait for each other.
 *
 * Every verb either takes effect or throws what node-postgres would.
 */
export class PostgresRoles {
  readonly #passwords: Map<string, string>;
  readonly #superusers: ReadonlySet<string>;
  readonly #acceptsByPolicy: (password: string) => boolean;
  readonly #now: () => number;
  readonly #validUntilMs = new Map<string, number>();
  readonly #refusedLogins = new Map<string, number>();

  constructor({ users, superusers = new Map(), acceptsByPolicy, now }: PostgresRolesOptions) {
    this.#now = now ?? (() => -Infinity);
    this.#passwords = new Map([...users, ...superusers]);
    this.#superusers = new Set(superusers.keys());
    this.#acceptsByPolicy = acceptsByPolicy ?? (() => true);
  }

  has(role: string): boolean {
    return this.#passwords.has(role);
  }

  /** Whether a password opens the role now. Counts nothing. */
  opens(role: string, password: string): boolean {
    return this.#passwords.get(role) === password;
  }

  /** Logins of that name that were refused for name or password. */
  refusedLogins(role: string): number {
    return this.#refusedLogins.get(role) ?? 0;
  }

  /** By somebody else, behind the back of a rotation. */
  setPassword(role: string, password: string): void {
    this.#passwords.set(role, password);
  }

  /** VALID UNTIL, by an administrator. A change of the password does not move it. */
  setValidUntil(role: string, untilMs: number): void {
    this.#validUntilMs.set(role, untilMs);
  }

  validUntilMs(role: string): number | undefined {
    return this.#validUntilMs.get(role);
  }

  /** @throws 28P01, also for a role that does not exist, and for a password whose time is over */
  login(role: string, password: string): void {
    const hasEnded = this.#now() >= (this.validUntilMs(role) ?? Infinity);
    if (this.opens(role, password) && !hasEnded) return;
    this.#refusedLogins.set(role, this.refusedLogins(role) + 1);
    throw postgresError('28P01', `password authentication failed for user "${role}"`);
  }

  /** ALTER ROLE … PASSWORD … @throws 42704, 42501, 22023 */
  alterRole(change: RoleChange): void {
    this.tryAlterRole(change);
    this.#passwords.set(change.role, change.password);
  }

  /** The same in a transaction that is rolled back. */
  tryAlterRole({ by, role, password }: RoleChange): void {
    if (!this.has(role)) throw postgresError('42704', `role "${role}" does not exist`);
    if (by !== role && !this.#superusers.has(by)) {
      throw postgresError('42501', 'permission denied to alter role');
    }
    if (!this.#acceptsByPolicy(password)) {
      throw postgresError('22023', 'password is easily cracked');
    }
  }
}
