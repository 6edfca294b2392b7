import {
  AccountLockedError,
  ConfigurationError,
  DeadlineError,
  NotPermittedError,
  PasswordExpiredError,
} from '../../lambda/domain/errors.ts';
import { atOnce, type Turn } from './turn.ts';
import { underFaults, type FaultErrors, type MemoryFaults } from './under-faults.ts';

/** What one invocation brings along to a database in memory. */
export interface LineToDatabase extends MemoryFaults {
  /** When each call goes on, where several invocations run at once. @default at once */
  readonly turn?: Turn | undefined;
}

export interface MemoryLineOptions extends LineToDatabase {
  readonly errors: FaultErrors;
  /** Whether the error is an answer of the server after which the line can be used further. */
  readonly staysOpen: (error: unknown) => boolean;
}

/** One client's line to a server in memory, with the faults of that client. Once it is cut it stays dead. */
export class MemoryLine {
  readonly #options: MemoryLineOptions;
  #isDead = false;

  constructor(options: MemoryLineOptions) {
    this.#options = options;
  }

  /** One call to the server. @throws what `underFaults` throws, and `errors.lost` once the line is dead */
  async call<Result>(call: string, effect: () => Result): Promise<Result> {
    const { errors, staysOpen, turn = atOnce } = this.#options;
    if (this.#isDead) {
      await Promise.resolve();
      throw errors.lost('cut');
    }
    try {
      return await turn(async () => await underFaults(this.#options, { call, effect, errors }));
    } catch (error) {
      // A call that there was no time for did not reach the line.
      if (!(error instanceof DeadlineError) && !staysOpen(error)) this.#isDead = true;
      throw error;
    }
  }

  end(): void {
    this.#isDead = true;
  }
}

/** How many sessions are open at a database in memory, for tests that look for forgotten ones. */
export class OpenSessions {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @returns what closes the session: its goodbye, which asks the fault plan nothing and never fails */
  add(line: MemoryLine): () => Promise<void> {
    this.#count += 1;
    let isOpen = true;
    return async () => {
      await Promise.resolve();
      if (isOpen) this.#count -= 1;
      isOpen = false;
      line.end();
    };
  }
}

/**
 * The error for a superuser that cannot log in, as the adapters have it: whatever lies with its account is for whoever
 * keeps the superuser secret to mend.
 *
 * @param reason what the login failed with, where it was not simply refused
 */
export function superuserError(
  { subject, username }: { readonly subject: string; readonly username: string },
  reason?: unknown,
): unknown {
  const isOfAccount = [AccountLockedError, PasswordExpiredError, NotPermittedError].some(
    (kind) => reason instanceof kind,
  );
  if (reason !== undefined && !isOfAccount) return reason;
  return new ConfigurationError(`the database refuses the superuser ${username}`, {
    subject,
    remedy: 'put the user name and password of one that can log in into the superuser secret',
    cause: reason,
  });
}
