import type { World } from '../memory/world.ts';
import type { SecretState } from '../aws/secret-state.ts';
import { credentialOf, keyOf, type ClearCredential, type CredentialKey } from './credentials.ts';

/** How many versions a lagging list may not show yet. */
const UNLISTED_MAX = 4;

/** One version of the mirror's secret. */
export interface MirrorVersion {
  readonly versionNumber: number;
  readonly versionName?: string;
  readonly stages: readonly string[];
  readonly timeOfDeletion?: string;
  readonly text: string;
}

interface SeenMirror {
  readonly versions: readonly MirrorVersion[];
  readonly held: ReadonlySet<CredentialKey>;
  readonly current: string | undefined;
}

/** Sees all of a world at once, without a call, a login or a lag. */
export class Onlooker {
  readonly #world: World;
  #mirror: SeenMirror;

  constructor(world: World) {
    this.#world = world;
    this.#mirror = this.#lookAtMirror();
  }

  get secret(): SecretState {
    return this.#world.secretsManager.inspect(this.#world.secretArn);
  }

  /** The secret string of a version; undefined where it has none. */
  textOf(versionId: string | undefined): string | undefined {
    const value = this.secret.versions.get(versionId ?? '')?.value;
    return value !== undefined && 'text' in value ? value.text : undefined;
  }

  textUnder(label: string): string | undefined {
    return this.textOf(this.secret.labels.get(label));
  }

  /** The credentials of all versions in Secrets Manager, oldest first. */
  get stored(): readonly ClearCredential[] {
    const credentials: ClearCredential[] = [];
    for (const { value } of this.secret.versions.values()) {
      if (value !== undefined && 'text' in value) credentials.push(credentialOf(value.text));
    }
    return credentials;
  }

  /** Of AWSCURRENT and AWSPENDING. */
  get labelled(): readonly ClearCredential[] {
    return ['AWSCURRENT', 'AWSPENDING'].flatMap((label) => {
      const text = this.textUnder(label);
      return text === undefined ? [] : [credentialOf(text)];
    });
  }

  /** To be called after whatever may have changed the mirror, which is looked at once for all. */
  mirrorMayHaveChanged(): void {
    this.#mirror = this.#lookAtMirror();
  }

  /** The oldest first. */
  get mirrorVersions(): readonly MirrorVersion[] {
    return this.#mirror.versions;
  }

  get mirrorCurrent(): string | undefined {
    return this.#mirror.current;
  }

  /** Whether some version of the mirror holds the credential. */
  mirrorHolds(credential: ClearCredential): boolean {
    return this.#mirror.held.has(keyOf(credential));
  }

  /** The credentials of all versions of the mirror. */
  get mirrored(): Iterable<CredentialKey> {
    return this.#mirror.held;
  }

  opens(database: number, credential: ClearCredential): boolean {
    const { username, password } = credential;
    return this.#world.databases[database]?.opens(username, password) ?? false;
  }

  #lookAtMirror(): SeenMirror {
    const versions: MirrorVersion[] = [];
    const { vault, secretOcid } = this.#world;
    const listed = vault.listSecretBundleVersions(secretOcid)[0]?.versionNumber ?? 0;
    for (let number = 1; number <= listed + UNLISTED_MAX; number += 1) {
      const version = this.#world.mirrorVersion({ versionNumber: number });
      if (version !== undefined) versions.push(version);
    }
    const current = versions.find(({ stages }) => stages.includes('CURRENT'));
    return {
      versions,
      held: new Set(versions.map(({ text }) => keyOf(credentialOf(text)))),
      current: current?.text,
    };
  }
}
