import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import oracledb from 'oracledb';
import pg from 'pg';
import * as z from 'zod';
import type { World } from '../../cli/world.ts';
import type { Clock } from '../../lambda/domain/time-budget.ts';
import { sendCommand } from '../../local/sandbox/control.ts';
import { runCommand, type CommandResult } from '../cli-world.ts';

/** Where the sandbox that `start-sandbox.js` started has its files. */
export const FOLDER = process.env['LOCKSTEP_TEST_SANDBOX'] ?? '';

export const CLOCK: Clock = {
  now: () => Date.now(),
  sleep: async (durationMs) => {
    await setTimeout(durationMs);
  },
};

const Rotations = z.object({
  rotations: z.tuple([
    z.looseObject({
      secretArn: z.string(),
      databases: z.tuple([
        z.looseObject({ port: z.number(), database: z.string() }),
        z.looseObject({
          port: z.number(),
          serviceName: z.string(),
          trust: z.object({ walletSecretArn: z.string() }),
        }),
      ]),
    }),
  ]),
});

/** The clouds of the sandbox as an operator and an application reach them, with nothing of Lockstep's between. */
export class Sandbox {
  readonly environment: Readonly<Record<string, string>>;
  readonly #client: SecretsManagerClient;
  readonly #rotation: z.infer<typeof Rotations>['rotations'][0];
  readonly #ca: string;
  /** Everything that any command wrote. */
  #output = '';
  readonly #passwords = new Set<string>();

  private constructor(files: {
    environment: Readonly<Record<string, string>>;
    rotations: z.infer<typeof Rotations>;
    ca: string;
  }) {
    this.environment = files.environment;
    this.#rotation = files.rotations.rotations[0];
    this.#ca = files.ca;
    this.#client = new SecretsManagerClient({
      region: 'eu-west-1',
      endpoint: files.environment['AWS_ENDPOINT_URL_SECRETS_MANAGER'] ?? '',
    });
  }

  static async open(): Promise<Sandbox> {
    const text = async (name: string): Promise<string> =>
      await readFile(path.join(FOLDER, name), 'utf8');
    const lines = [...(await text('env')).matchAll(/^export (\w+)='(.*)'$/gm)];
    const environment = Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]));
    // The SDK looks for credentials there.
    Object.assign(process.env, environment);
    const rotations = Rotations.parse(JSON.parse(await text('rotations.json')));
    return new Sandbox({ environment, rotations, ca: await text('ca.pem') });
  }

  /** Runs a command as in a second terminal. */
  async run(args: readonly string[], world: Partial<World> = {}): Promise<CommandResult> {
    const result = await runCommand(args, {
      environment: this.environment,
      folder: FOLDER,
      clock: CLOCK,
      ...world,
    });
    this.#output += result.stdout + result.stderr;
    return result;
  }

  /** `npm run sandbox -- <command>`. */
  async control(command: string): Promise<void> {
    const url = await readFile(path.join(FOLDER, 'control'), 'utf8');
    if ((await sendCommand(url, command)) === undefined) throw new Error(`no command ${command}`);
  }

  /** The password under AWSCURRENT. */
  async password(): Promise<string> {
    const { password } = JSON.parse(await this.#secret(this.#rotation.secretArn)) as {
      password: string;
    };
    this.#passwords.add(password);
    return password;
  }

  /** As a person does in the console: AWSCURRENT moves to a new version that no database knows. */
  async saveByHand(password: string): Promise<void> {
    const SecretString = JSON.stringify({
      engine: 'postgres',
      host: 'orders.example.com',
      port: 5432,
      dbname: 'orders',
      username: 'app',
      password,
    });
    const SecretId = this.#rotation.secretArn;
    await this.#client.send(new PutSecretValueCommand({ SecretId, SecretString }));
  }

  /** As a person does: AWSCURRENT goes back to the version with AWSPREVIOUS. Gives back which version had it. */
  async moveCurrentBack(): Promise<string> {
    const SecretId = this.#rotation.secretArn;
    const { VersionIdsToStages: labels = {} } = await this.#client.send(
      new DescribeSecretCommand({ SecretId }),
    );
    const holder = (label: string): string =>
      Object.entries(labels).find(([, held]) => held.includes(label))?.[0] ?? '';
    const had = holder('AWSCURRENT');
    await this.#client.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage: 'AWSCURRENT',
        RemoveFromVersionId: had,
        MoveToVersionId: holder('AWSPREVIOUS'),
      }),
    );
    return had;
  }

  /** As a person does: the version stays, and no label names it. */
  async takePreviousOff(versionId: string): Promise<void> {
    await this.#client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: this.#rotation.secretArn,
        VersionStage: 'AWSPREVIOUS',
        RemoveFromVersionId: versionId,
      }),
    );
  }

  /** Names of the databases that take a password of the user `app`, asked with their real drivers. */
  async opened(password: string): Promise<readonly string[]> {
    const isPostgres = await this.#postgresAccepts(password);
    const isOracle = await this.#oracleAccepts(password);
    return [...(isPostgres ? ['orders-rds'] : []), ...(isOracle ? ['orders-adb'] : [])];
  }

  /** Passwords seen so far that are anywhere in what commands wrote: none. */
  leaked(): readonly string[] {
    return [...this.#passwords].filter((password) => this.#output.includes(password));
  }

  close(): void {
    this.#client.destroy();
  }

  async #secret(secretArn: string): Promise<string> {
    const { SecretString: text = '' } = await this.#client.send(
      new GetSecretValueCommand({ SecretId: secretArn }),
    );
    return text;
  }

  async #postgresAccepts(password: string): Promise<boolean> {
    const { port, database } = this.#rotation.databases[0];
    const client = new pg.Client({
      host: 'localhost',
      port,
      database,
      user: 'app',
      password,
      ssl: { ca: this.#ca },
    });
    try {
      await client.connect();
      return true;
    } catch (error) {
      if ((error as { code?: string }).code === '28P01') return false;
      throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async #oracleAccepts(password: string): Promise<boolean> {
    const { port, serviceName, trust } = this.#rotation.databases[1];
    const wallet = JSON.parse(await this.#secret(trust.walletSecretArn)) as {
      wallet: string;
      password: string;
    };
    const attributes = {
      user: 'app',
      password,
      connectString: `tcps://localhost:${port}/${serviceName}`,
      walletContent: wallet.wallet,
      walletPassword: wallet.password,
    };
    try {
      const connection = await oracledb.getConnection(attributes);
      await connection.close();
      return true;
    } catch (error) {
      if ((error as { errorNum?: number }).errorNum === 1017) return false;
      throw error;
    }
  }
}
