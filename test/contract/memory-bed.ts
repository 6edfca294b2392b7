import type { Credential } from '../../lambda/domain/credential.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { Database } from '../../lambda/ports/database.ts';
import { FaultPlan } from '../../local/faults.ts';
import { FIRST, type DatabaseFixture } from './database-contract.ts';
import type { OverlapFixture } from './overlap-contract.ts';
import { WRONG_PASSWORD, type SuperuserFixture } from './superuser-contract.ts';

export const SUPERUSER = 'master';
const SUPERUSER_PASSWORD = 'Right_superuser_password_01';
/** Users of a server in memory that may set the password of others. */
export const SUPERUSERS: ReadonlyMap<string, string> = new Map([[SUPERUSER, SUPERUSER_PASSWORD]]);
/** Users of applications. */
export const USERS: ReadonlyMap<string, string> = new Map([['app', FIRST]]);

/** What a test wants of a database in memory. */
export interface Wanted {
  readonly faults: FaultPlan;
  readonly overlap: 'auto' | 'require' | 'off';
  readonly superuser?: () => Promise<Credential>;
}

/** A server in memory, and what the contracts want of it. */
export interface MemoryServer {
  /** Names of the calls in the fault plan. */
  readonly calls: {
    readonly connect: string;
    /** Sets the user's own password. */
    readonly change: string;
    /** The same where a superuser does it, or for two passwords. @default as the user itself does */
    readonly changeBySuperuser?: string;
  };
  readonly refusedLogins: (username: string) => number;
  readonly makeDatabase: (wanted: Wanted) => Database & { readonly openSessions: number };
  readonly withholdMeans?: () => void;
  /** Whether the means for overlap is the superuser. */
  readonly overlapBySuperuser?: boolean;
}

/** Every kind of fixture over one server in memory, whose user app has the password FIRST. */
export class MemoryBed {
  readonly faults = new FaultPlan();
  readonly username = 'app';
  readonly #server: MemoryServer;
  readonly #made: { readonly openSessions: number }[] = [];
  #hasMeans = true;

  constructor(server: MemoryServer) {
    this.#server = server;
  }

  get databaseFixture(): DatabaseFixture {
    return {
      ...this.#common(this.#server.calls.change),
      database: this.#make({ overlap: 'off' }),
      refusedLogins: () => this.#server.refusedLogins(this.username),
      loseRequestOfChange: () => {
        this.#strike(this.#server.calls.change, 'loseRequest');
      },
      loseNextLogin: () => {
        this.#strike(this.#server.calls.connect, 'loseRequest');
      },
    };
  }

  get superuserFixture(): SuperuserFixture {
    return {
      ...this.#common(this.#changeBySuperuser),
      database: (superuser) => this.#make({ overlap: 'auto', superuser }),
    };
  }

  get overlapFixture(): OverlapFixture {
    const { overlapBySuperuser = false, withholdMeans } = this.#server;
    return {
      ...this.#common(this.#changeBySuperuser),
      database: (overlap) =>
        this.#make({
          overlap,
          superuser: overlapBySuperuser && this.#hasMeans ? 'right' : 'none',
        }),
      withholdMeans: async () => {
        await Promise.resolve();
        this.#hasMeans = false;
        withholdMeans?.();
      },
    };
  }

  get #changeBySuperuser(): string {
    const { change, changeBySuperuser = change } = this.#server.calls;
    return changeBySuperuser;
  }

  #common(change: string): Pick<DatabaseFixture, 'username' | 'loseReplyOfChange' | 'close'> {
    return {
      username: this.username,
      loseReplyOfChange: () => {
        this.#strike(change, 'loseReply');
      },
      close: async () => {
        await Promise.resolve();
        // Every session that a test opened, it closed.
        expect(this.#made.filter(({ openSessions }) => openSessions !== 0)).toEqual([]);
      },
    };
  }

  #make({
    overlap,
    superuser = 'none',
  }: {
    overlap: Wanted['overlap'];
    superuser?: 'right' | 'wrong' | 'none';
  }): Database {
    const password = new Password(superuser === 'wrong' ? WRONG_PASSWORD : SUPERUSER_PASSWORD);
    const read = async (): Promise<Credential> =>
      await Promise.resolve({ username: SUPERUSER, password });
    const database = this.#server.makeDatabase({
      faults: this.faults,
      overlap,
      ...(superuser !== 'none' && { superuser: read }),
    });
    this.#made.push(database);
    return database;
  }

  #strike(call: string, kind: 'loseReply' | 'loseRequest'): void {
    this.faults.add({ call, fault: { kind } });
  }
}
