import { Accounts } from '../../local/oracle/accounts/accounts.ts';
import type { PlainVerifier } from '../../local/oracle/accounts/verifier.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

const PREFIX = 'Example_Passw0rd_';
export const ONE = 'Example_Passw0rd_one';
export const TWO = 'Example_Passw0rd_two';
export const THREE = 'Example_Passw0rd_three';
export const FOUR = 'Example_Passw0rd_four';
export const FIVE = 'Example_Passw0rd_five';
export const WRONG = 'Example_Passw0rd_wrong';

/**
 * Accounts at noon of 20 November 2026: APP; PAIR, whose profile ROLLOVER keeps an old password for a day; BOSS, who may
 * alter users. The password of each is ONE.
 */
export class AccountsFixture {
  nowMs = Date.UTC(2026, 10, 20, 12);
  readonly accounts: Accounts<PlainVerifier>;

  constructor() {
    this.accounts = Accounts.inMemory({ now: () => this.nowMs });
    this.accounts.createProfile('ROLLOVER', { passwordRolloverTime: 1 });
    this.accounts.createUser({ name: 'APP', password: ONE });
    this.accounts.createUser({ name: 'PAIR', password: ONE, profile: 'ROLLOVER' });
    this.accounts.createUser({ name: 'BOSS', password: ONE, canAlterUsers: true });
  }

  change(user: string, { from, to }: { readonly from: string; readonly to: string }): void {
    this.accounts.changePassword({ by: user, user, oldPassword: from, newPassword: to });
  }

  /** Which of the passwords log in, each by its verifier; the others are refused with ORA-01017. */
  accepted(user: string, passwords: readonly string[]): string[] {
    return passwords.flatMap((password) => {
      try {
        return [`${password.slice(PREFIX.length)} ${this.accounts.login(user, password).verifier}`];
      } catch (error) {
        expect(error).toMatchObject({ ora: 1017 });
        return [];
      }
    });
  }
}
