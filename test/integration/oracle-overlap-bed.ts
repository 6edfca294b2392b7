import type { DatabaseSession, PasswordChange } from '../../lambda/ports/database.ts';
import { Password } from '../../lambda/domain/password.ts';
import type { SqlRow } from '../../local/oracle/sql/sql-value.ts';
import { FIRST, FOURTH, SECOND, THIRD } from '../contract/database-contract.ts';
import { open } from './database-logins.ts';
import { OracleBed } from './oracle-bed.ts';

const PASSWORDS = [FIRST, SECOND, THIRD, FOURTH];
const LIMIT =
  "(SELECT LIMIT FROM USER_PASSWORD_LIMITS WHERE RESOURCE_NAME = 'PASSWORD_ROLLOVER_TIME')";
const ROLE = "SYS_CONTEXT('USERENV', 'DATABASE_ROLE')";
/** How the adapter asks for the account. */
export const ACCOUNT = `SELECT ACCOUNT_STATUS, ${LIMIT}, ${ROLE}, PASSWORD_CHANGE_DATE FROM USER_USERS`;
export const OLD_ACCOUNT = `SELECT ACCOUNT_STATUS, ${LIMIT}, ${ROLE} FROM USER_USERS`;

/** An Oracle server that keeps the old password of APP for a day, and sessions of APP that are closed in the end. */
export class OracleOverlapBed {
  readonly bed: OracleBed;
  readonly #answers: Map<string, readonly SqlRow[]>;
  readonly #sessions: DatabaseSession[] = [];

  private constructor(bed: OracleBed, answers: Map<string, readonly SqlRow[]>) {
    this.bed = bed;
    this.#answers = answers;
  }

  static async make(): Promise<OracleOverlapBed> {
    const answers = new Map<string, readonly SqlRow[]>();
    return new OracleOverlapBed(await OracleBed.make({ rolloverDays: 1, answers }), answers);
  }

  async session(
    by: string,
    overlap: 'auto' | 'require' | 'off' = 'auto',
  ): Promise<DatabaseSession> {
    const session = await open(this.bed.makeDatabase({ config: { overlap } }), 'app', by);
    this.#sessions.push(session);
    return session;
  }

  /** A session of `from` changes to `to`, as a rotation does: it looks first. */
  async change(
    from: string,
    to: string,
    rest: Pick<PasswordChange, 'standing'> = {},
  ): Promise<void> {
    const changing = await this.session(from);
    await changing.rehearse({ to: new Password(to) });
    await changing.change({ from: new Password(from), to: new Password(to), ...rest });
  }

  /** Which of the passwords open the account now. */
  opening(): readonly string[] {
    return this.bed.opening(...PASSWORDS);
  }

  /** The statement after `passed` others is answered with this error. */
  refuseStatement(code: string, { passed = 0 }: { readonly passed?: number } = {}): void {
    this.#pass(passed);
    this.bed.faults.add({ call: 'oracle:execute', fault: { kind: 'refuse', code } });
  }

  /** The line is cut at the statement after `passed` others. */
  cutStatement(kind: 'loseRequest' | 'loseReply', { passed }: { readonly passed: number }): void {
    this.#pass(passed);
    this.bed.faults.add({ call: 'oracle:execute', fault: { kind } });
  }

  /** What the server says of the account from now on, whatever it is. */
  say(row: { readonly STATUS?: string; readonly LIMIT?: string | null }): void {
    const common = { STATUS: 'OPEN', LIMIT: '1', ROLE: 'PRIMARY', SET: null };
    this.#answers.set(ACCOUNT, [{ ...common, ...row }]);
  }

  /** Sees besides that no statement and no entry of the journal held a password. */
  async close(): Promise<void> {
    for (const session of this.#sessions) await session.close();
    await this.bed.server.close();
    const seen = JSON.stringify([this.bed.server.sqlTexts, this.bed.server.journal]);
    for (const password of PASSWORDS) expect(seen).not.toContain(password);
  }

  #pass(count: number): void {
    for (let passed = 0; passed < count; passed += 1) {
      this.bed.faults.add({ call: 'oracle:execute', fault: { kind: 'delay', delayMs: 1 } });
    }
  }
}
