import type { Attempt } from './attempt.ts';
import type { ClientMode } from './client-mode.ts';
import type { LoginCredential, LoginResult } from './login.ts';
import type { SecretSource } from './secret-source.ts';

export interface ApplicationOptions {
  /** The database's name. */
  readonly database: string;
  readonly mode: ClientMode;
  readonly secrets: SecretSource;
  readonly logIn: (credential: LoginCredential) => Promise<LoginResult>;
  readonly now: () => number;
  /** How many attempts may be under way at once; further ticks are missed. */
  readonly inFlightMax: number;
}

/** One application at one database: each tick a new connection with the password it believes in. */
export class Application {
  readonly #options: ApplicationOptions;
  /** When those that are under way were due. */
  readonly #underWay = new Set<number>();

  constructor(options: ApplicationOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async attempt(dueMs: number): Promise<Attempt> {
    const { database, mode, now, inFlightMax } = this.#options;
    const tick = { database, mode, dueMs, lateMs: now() - dueMs };
    if (this.#underWay.size >= inFlightMax) {
      return { ...tick, ...this.#waiting(), latencyMs: 0, outcome: 'missed', isSecondTry: false };
    }
    this.#underWay.add(dueMs);
    const result = await this.#connect().catch(readFailure);
    this.#underWay.delete(dueMs);
    return { ...tick, ...this.#waiting(), latencyMs: now() - dueMs, ...result };
  }

  #waiting(): Pick<Attempt, 'waitingSinceMs'> {
    return this.#underWay.size === 0 ? {} : { waitingSinceMs: Math.min(...this.#underWay) };
  }

  async #connect(): Promise<Result> {
    const { secrets, logIn } = this.#options;
    const first = await secrets.read();
    const result = await logIn(first);
    const { versionId } = first;
    if (result.outcome !== 'refused' || secrets.renew === undefined) {
      return { ...result, versionId, isSecondTry: false };
    }
    const second = await secrets.renew(first);
    // The same password again would only count as one more failure: accounts lock.
    if (second.versionId === versionId) return { ...result, versionId, isSecondTry: false };
    return { ...(await logIn(second)), versionId: second.versionId, isSecondTry: true };
  }
}

type Result = Pick<Attempt, 'outcome' | 'code' | 'versionId' | 'isSecondTry'>;

/** Of what reading the secret rejects with; a login never does. */
function readFailure(error: unknown): Result {
  const { name } = Object(error) as { readonly name?: unknown };
  const code = `Secrets Manager: ${typeof name === 'string' ? name : 'unknown'}`;
  return { outcome: 'error', code, isSecondTry: false };
}
