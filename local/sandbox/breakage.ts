import { randomInt } from 'node:crypto';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import pg from 'pg';
import { generatePassword } from '../../lambda/domain/generated-password.ts';
import type { Engine } from '../../lambda/ports/database.ts';
import type { Clouds } from '../clouds/clouds.ts';
import { passwordIn, readAws, usernameIn } from '../clouds/published.ts';
import { USERNAME } from '../clouds/run-secrets.ts';
import { enginesOf } from '../clouds/topology.ts';
import type { Fault } from '../faults.ts';
import { scramVerifier } from '../postgres/scram-verifier.ts';

/** What can be made to fail, and which calls that strikes. */
const BREAKABLE = {
  oci: { calls: 'oci:*', fault: { kind: 'refuse', code: 'InternalServerError' } },
  audit: { calls: 's3:*', fault: { kind: 'refuse' } },
  postgres: { calls: 'postgres:*', fault: { kind: 'loseRequest' } },
  oracle: { calls: 'oracle:*', fault: { kind: 'loseRequest' } },
} as const satisfies Record<string, { readonly calls: string; readonly fault: Fault }>;

type Breakable = keyof typeof BREAKABLE;
type ByHand = (typeof BY_HAND)[number];

/** Longer than any step may take. */
const LEFT_MS = 60 * 60 * 1_000;
const BY_HAND = ['postgres', 'oracle'] as const;

/** Commands for the sandbox's second terminal, each with what it does. */
const COMMANDS: Readonly<Record<string, string>> = {
  'break oci': 'OCI Vault answers with an internal error',
  'break audit': 'the bucket of the audit trail refuses',
  'break postgres': 'connections to PostgreSQL break',
  'break oracle': 'connections to Oracle break',
  'change-by-hand postgres': 'an administrator gives the user a password that no vault knows',
  'change-by-hand oracle': 'the same on Oracle: a password that no vault knows',
  'change-by-hand oci': 'somebody stores another password in OCI Vault',
  'restore-backup postgres': 'PostgreSQL has the password of AWSPREVIOUS again',
  'leave-pending': 'an hour ago somebody stored a password under AWSPENDING, and left it there',
  mend: 'everything answers again; passwords changed by hand are those of AWSCURRENT again',
};

/** Those that there are where the rotation has these databases. */
export function sandboxCommands(
  engines: readonly Engine[],
): readonly (readonly [string, string])[] {
  const absent = BY_HAND.filter((one) => !engines.includes(one));
  return Object.entries(COMMANDS).filter(
    ([command]) => !absent.some((one) => command.endsWith(` ${one}`)),
  );
}

/** Breaks and mends the clouds of a sandbox, as an outage or a person would. */
export class Breakage {
  readonly #clouds: Clouds;
  readonly #changedByHand = new Set<string>();

  constructor(clouds: Clouds) {
    this.#clouds = clouds;
  }

  /**
   * Carries out one of `sandboxCommands`.
   *
   * @returns what was done, or undefined where there is no such command
   */
  async carryOut(command: string): Promise<string | undefined> {
    const engines = enginesOf(this.#clouds.topology);
    if (!sandboxCommands(engines).some(([known]) => known === command)) return undefined;
    const [verb, what] = command.split(' ');
    if (command === 'mend') return await this.#mend();
    if (command === 'leave-pending') return await this.#leavePending();
    if (verb === 'break' && isBreakable(what)) return this.#break(what);
    if (what === 'oci') return this.#storeInOci();
    const database = BY_HAND.find((one) => one === what);
    if (database === undefined) return undefined;
    return verb === 'restore-backup'
      ? await this.#restorePostgres()
      : await this.#changeByHand(database);
  }

  async #changeByHand(database: ByHand): Promise<string> {
    await this.#setPassword(database, strangePassword());
    this.#changedByHand.add(database);
    return `${database} has a password that no vault knows`;
  }

  /** Oracle would not take a recent password again from its administrator. */
  async #restorePostgres(): Promise<string> {
    const { secretArn, clients } = this.#clouds.vaults;
    const previous = await clients.secretsManager
      .send(new GetSecretValueCommand({ SecretId: secretArn, VersionStage: 'AWSPREVIOUS' }))
      .catch(() => undefined);
    if (previous?.SecretString === undefined) return 'there is no AWSPREVIOUS: rotate first';
    await this.#setPassword('postgres', passwordIn(previous.SecretString));
    this.#changedByHand.add('postgres');
    return 'postgres has the password of AWSPREVIOUS';
  }

  #storeInOci(): string {
    const { ociVault, secretOcid } = this.#clouds.vaults;
    const { content } = ociVault.getSecretBundle(secretOcid).body.secretBundleContent;
    const text = withStrangePassword(Buffer.from(content, 'base64').toString('utf8'));
    ociVault.updateSecret(secretOcid, {
      secretContent: {
        contentType: 'BASE64',
        content: Buffer.from(text).toString('base64'),
        stage: 'CURRENT',
      },
    });
    return 'OCI Vault has a password that nothing else knows: npx lockstep recover orders';
  }

  async #leavePending(): Promise<string> {
    const { secretArn, clients, aws } = this.#clouds.vaults;
    const { VersionId: versionId = '' } = await clients.secretsManager.send(
      new PutSecretValueCommand({
        SecretId: secretArn,
        SecretString: withStrangePassword(await readAws(this.#clouds)),
        VersionStages: ['AWSPENDING'],
      }),
    );
    aws.secretsManager.age(secretArn, versionId, LEFT_MS);
    return 'a version has had AWSPENDING for an hour: npx lockstep status orders';
  }

  #break(what: Breakable): string {
    const { calls, fault } = BREAKABLE[what];
    this.#clouds.faults.add({ call: calls, fault, times: Infinity });
    return `${what} is broken`;
  }

  async #mend(): Promise<string> {
    this.#clouds.faults.clear();
    const password = passwordIn(await readAws(this.#clouds));
    for (const database of BY_HAND) {
      if (this.#changedByHand.delete(database)) await this.#setPassword(database, password);
    }
    return 'everything answers again';
  }

  async #setPassword(database: ByHand, password: string): Promise<void> {
    const { postgres, accounts } = this.#clouds.databases;
    const username = usernameIn(await readAws(this.#clouds));
    if (database === 'oracle') {
      const user = username.toUpperCase();
      accounts.unlock(user);
      // Again it would refuse it, as one that was used.
      const hasIt = accounts.candidates(user).some(({ verifier }) => verifier.matches(password));
      if (!hasIt) accounts.resetPassword(user, password);
      return;
    }
    const verifier = pg.escapeLiteral(scramVerifier(password));
    await postgres.query(`ALTER ROLE ${pg.escapeIdentifier(username)} PASSWORD ${verifier}`);
  }
}

function isBreakable(what: string | undefined): what is Breakable {
  return what !== undefined && Object.hasOwn(BREAKABLE, what);
}

function strangePassword(): string {
  return generatePassword(USERNAME, { integerBelow: (limit) => randomInt(limit) }).reveal();
}

/** A secret's document with another password in it. */
function withStrangePassword(text: string): string {
  const document = JSON.parse(text) as object;
  return JSON.stringify({ ...document, password: strangePassword() });
}
