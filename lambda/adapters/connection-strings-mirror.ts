import { createHash } from 'node:crypto';
import { type ConnectionTarget, withConnectionStrings } from '../domain/connection-strings.ts';
import { Password } from '../domain/password.ts';
import type { Redactor } from '../domain/redactor.ts';
import type { SecretDocument } from '../domain/secret-document.ts';
import type {
  Mirror,
  MirrorSelector,
  MirrorVersion,
  MirrorVersionSummary,
} from '../ports/mirror.ts';

const DIGEST_LENGTH = 8;
const NAME = /^(.+)-[0-9a-f]{8}$/;
/** Secrets Manager takes names (ClientRequestToken) of 32 to 64 characters. */
const VERSION_ID_LENGTH_MAX = 64 - 1 - DIGEST_LENGTH;
/** Nobody's: what it is rendered as tells one configuration, and one way of rendering, from another. */
const SAMPLE = { credential: { username: 'user', password: new Password('a/b c') } };

export interface ConnectionStringsMirrorOptions {
  /** The secret that holds the strings. */
  readonly mirror: Mirror;
  /** The databases of the rotation, in the order of the configuration. */
  readonly targets: readonly ConnectionTarget[];
  /** Takes up every string that is read or staged. */
  readonly redactor: Redactor;
}

/**
 * A mirror that holds connection strings beside the credential.
 *
 * A version is named after the one in Secrets Manager and after what the strings are made from: with another
 * configuration the same credential gets another version, where OCI would not take the name a second time. Outside, the
 * versions have the names that they have in Secrets Manager.
 */
export class ConnectionStringsMirror implements Mirror {
  readonly name: string;
  readonly documentBytesMax: number;
  readonly #mirror: Mirror;
  readonly #targets: readonly ConnectionTarget[];
  readonly #redactor: Redactor;
  readonly #digest: string;

  constructor({ mirror, targets, redactor }: ConnectionStringsMirrorOptions) {
    this.name = mirror.name;
    this.documentBytesMax = mirror.documentBytesMax;
    this.#mirror = mirror;
    this.#targets = targets;
    this.#redactor = redactor;
    const { text } = withConnectionStrings(targets, SAMPLE);
    this.#digest = createHash('sha256').update(text).digest('hex').slice(0, DIGEST_LENGTH);
  }

  async read(selector: MirrorSelector): Promise<MirrorVersion | undefined> {
    const held = await this.#mirror.read(
      'name' in selector ? { name: this.#nameOf(selector.name) } : selector,
    );
    if (held === undefined) return undefined;
    this.#hide(held.document);
    return {
      ...held,
      name: versionIdOf(held.name),
      holds: (document) => held.holds(this.#render(document)),
    };
  }

  async stage({ name, document }: { name: string; document: SecretDocument }): Promise<void> {
    await this.#mirror.stage({ name: this.#nameOf(name), document: this.#render(document) });
  }

  async promote(number: number): Promise<void> {
    await this.#mirror.promote(number);
  }

  async list(): Promise<readonly MirrorVersionSummary[]> {
    const versions = await this.#mirror.list();
    return versions.map((version) => ({ ...version, name: versionIdOf(version.name) }));
  }

  async retire(number: number): Promise<void> {
    await this.#mirror.retire(number);
  }

  #render(document: SecretDocument): SecretDocument {
    const rendered = withConnectionStrings(this.#targets, document);
    this.#hide(rendered);
    return rendered;
  }

  /** The strings hold the password as each client reads it, which need not be a form that the redactor makes itself. */
  #hide({ text, fields, credential }: SecretDocument): void {
    const password = credential.password.reveal();
    const strings = stringsIn(fields['connectionStrings']);
    this.#redactor.add(text, password, encodeURIComponent(password), ...strings);
  }

  #nameOf(versionId: string): string {
    return `${versionId.slice(0, VERSION_ID_LENGTH_MAX)}-${this.#digest}`;
  }
}

/** A name that is not Lockstep's stays as it is. */
function versionIdOf(name: string | undefined): string | undefined {
  return name === undefined ? undefined : (NAME.exec(name)?.[1] ?? name);
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}
