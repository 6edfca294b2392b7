import { createHmac } from 'node:crypto';
import { dictionaryName } from '../accounts/accounts.ts';
import type { Login } from '../accounts/account.ts';
import { MalformedError } from '../malformed-error.ts';
import { OracleError } from '../oracle-error.ts';
import type { SessionContext } from '../session-context.ts';
import type { AuthRequest } from '../ttc/auth-message.ts';
import type { KeyValue } from '../ttc/ttc-writer.ts';
import { LogonChallenge, type Derivation, type OpenedLogon } from './logon-challenge.ts';
import type { SessionCipher } from './session-cipher.ts';
import { VERIFIER_ROUNDS, type TwelveCVerifier } from './twelve-c-verifier.ts';

const SALT_BYTES = 16;

/** One session's logon, in two round trips, and the changes of password that it may ask for later. */
export class Authentication {
  readonly #context: SessionContext;
  #challenged: Challenged | undefined;
  #session: { readonly user: string; readonly cipher: SessionCipher } | undefined;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /** Undefined until somebody is logged in. */
  get user(): string | undefined {
    return this.#session?.user;
  }

  /** Phase one. A user that does not exist gets an answer like any other. */
  challenge(request: AuthRequest): KeyValue[] {
    const user = dictionaryName(request.username);
    const { accounts, randomBytes, decoyKey } = this.#context;
    const verifiers = accounts.candidates(user).map(({ verifier }) => verifier);
    const challenge = new LogonChallenge(verifiers[0] ?? decoy(user, decoyKey), randomBytes);
    this.#challenged = { user, challenge, verifiers };
    return challenge.pairs();
  }

  /**
   * Phase two.
   *
   * @returns the login, and the proof that the server knows the password too
   * @throws OracleError as `Accounts.logon`, and 28150 for proxies
   */
  complete(request: AuthRequest): { readonly login: Login; readonly proof: string } {
    const { accounts, randomBytes, journal } = this.#context;
    const user = dictionaryName(request.username);
    if (this.#challenged?.user !== user) {
      throw new MalformedError('the logon was not begun for this user');
    }
    const challenged = this.#challenged;
    this.#challenged = undefined;
    if (request.isSpecial) throw new OracleError(1017);
    if (request.pairs.has('PROXY_CLIENT_NAME')) throw new OracleError(28150);
    const encrypted = request.pairs.get('AUTH_NEWPASSWORD');
    let opened: OpenedLogon | undefined;
    const login = accounts.logon(user, {
      matches: (verifier) => {
        opened ??= open(challenged, request.pairs);
        return opened !== undefined && verifier.matches(opened.password);
      },
      newPassword: () =>
        encrypted === undefined ? undefined : opened?.cipher.decryptPassword(encrypted),
    });
    if (opened === undefined) throw new Error('the accounts accepted a logon that opened nothing');
    if (encrypted !== undefined) journal.add({ kind: 'passwordChange', user, by: user });
    this.#session = { user, cipher: opened.cipher };
    return { login, proof: opened.cipher.proof(randomBytes) };
  }

  /**
   * Changes a password within the session, both passwords under its key.
   *
   * @throws OracleError as `Accounts.changePassword`
   */
  changePassword(request: AuthRequest): void {
    if (this.#session === undefined) throw new MalformedError('nobody is logged in');
    const { user: by, cipher } = this.#session;
    const user = dictionaryName(request.username);
    const oldPassword = cipher.decryptPassword(request.pairs.get('AUTH_PASSWORD'));
    const newPassword = cipher.decryptPassword(request.pairs.get('AUTH_NEWPASSWORD'));
    this.#context.accounts.changePassword({ by, user, oldPassword, newPassword });
    this.#context.journal.add({ kind: 'passwordChange', user, by });
  }
}

interface Challenged {
  readonly user: string;
  readonly challenge: LogonChallenge;
  /** Those of that moment: the salt changes when a rollover ends, the password that stays valid does not. */
  readonly verifiers: readonly TwelveCVerifier[];
}

function open(
  { challenge, verifiers }: Challenged,
  answer: ReadonlyMap<string, string>,
): OpenedLogon | undefined {
  for (const verifier of verifiers) {
    const opened = challenge.open(verifier, answer);
    if (opened !== undefined) return opened;
  }
  return undefined;
}

/** Always the same salt for the same name, so that asking twice does not tell. */
function decoy(user: string, key: Buffer): Derivation {
  const salt = createHmac('sha256', key).update(user).digest().subarray(0, SALT_BYTES);
  return { salt, rounds: VERIFIER_ROUNDS };
}
