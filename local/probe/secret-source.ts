import type { ClientMode } from './client-mode.ts';

/** A version of the secret as an application reads it. */
export interface Published {
  readonly versionId: string;
  readonly username: string;
  readonly password: string;
}

/** Where one application takes its credential from. */
export interface SecretSource {
  read(): Promise<Published>;
  /** Reads again after a refused login; left out where the application does not do that. */
  readonly renew?: (refused: Published) => Promise<Published>;
}

export interface SecretSourceOptions {
  /** Reads AWSCURRENT. */
  readonly readCurrent: () => Promise<Published>;
  /** The time to live of what a `cached` application holds. */
  readonly cacheMs: number;
  readonly now: () => number;
}

export function makeSecretSource(mode: ClientMode, options: SecretSourceOptions): SecretSource {
  const { readCurrent, cacheMs, now } = options;
  switch (mode) {
    case 'uncached':
      return { read: readCurrent };
    case 'cached': {
      const held = new HeldSecret(readCurrent, now);
      return { read: async () => await held.read(cacheMs) };
    }
    case 'refresh': {
      const held = new HeldSecret(readCurrent, now);
      return {
        read: async () => await held.read(Infinity),
        renew: async ({ versionId }) => await held.readOtherThan(versionId),
      };
    }
  }
}

/** What was read last. However many ask for it at once, it is read once. */
class HeldSecret {
  readonly #readCurrent: () => Promise<Published>;
  readonly #now: () => number;
  #held: { readonly published: Published; readonly readAtMs: number } | undefined;
  #reading: Promise<Published> | undefined;

  constructor(readCurrent: () => Promise<Published>, now: () => number) {
    this.#readCurrent = readCurrent;
    this.#now = now;
  }

  async read(ageMaxMs: number): Promise<Published> {
    const held = this.#held;
    if (held !== undefined && this.#now() - held.readAtMs < ageMaxMs) return held.published;
    return await this.#readAgain();
  }

  async readOtherThan(versionId: string): Promise<Published> {
    const held = this.#held?.published;
    if (held !== undefined && held.versionId !== versionId) return held;
    return await this.#readAgain();
  }

  async #readAgain(): Promise<Published> {
    this.#reading ??= this.#keep().finally(() => {
      this.#reading = undefined;
    });
    return await this.#reading;
  }

  async #keep(): Promise<Published> {
    // The answer may be as old as the question.
    const readAtMs = this.#now();
    const published = await this.#readCurrent();
    this.#held = { published, readAtMs };
    return published;
  }
}
