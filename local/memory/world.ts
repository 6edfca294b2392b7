import { randomInt, randomUUID } from 'node:crypto';
import { verifyTrail } from '../../lambda/adapters/audit-verification.ts';
import type { ChainReport } from '../../lambda/audit/chain-report.ts';
import { decodeEntry } from '../../lambda/audit/encoding.ts';
import type { Entry } from '../../lambda/audit/entry.ts';
import { entriesPrefix } from '../../lambda/audit/object-key.ts';
import type { RehearsalReport } from '../../lambda/domain/rehearsal-report.ts';
import type { RotationRequest, Step } from '../../lambda/domain/step.ts';
import type { Strategy } from '../../lambda/domain/strategy.ts';
import type { Clock } from '../../lambda/domain/time-budget.ts';
import type { Database } from '../../lambda/ports/database.ts';
import type { Reporter } from '../../lambda/ports/reporter.ts';
import { rotate } from '../../lambda/rotation/rotate.ts';
import type { RotationEvent, RotationOutcome } from '../aws/rotation-events.ts';
import { RotationService } from '../aws/rotation-service.ts';
import { SecretsManagerModel } from '../aws/secrets-manager-model.ts';
import { FaultPlan } from '../faults.ts';
import type { BundleVersionBody } from '../oci/secret-bodies.ts';
import { VaultModel, type VersionSelector } from '../oci/vault-model.ts';
import { MemoryAuditKey } from './audit-key.ts';
import { AuditObjects } from './audit-objects.ts';
import { MemoryAuditStore } from './audit-store.ts';
import {
  createOciSecret,
  documentText,
  INITIAL_PASSWORD,
  OTHER_PASSWORD,
  passwordOf,
  USERNAME,
} from './initial-state.ts';
import { AUDIT_KEYS, AUDIT_PREFIX, contextOf } from './invocation.ts';
import type { MemoryFaults } from './under-faults.ts';
import type { WorldDatabase } from './world-database.ts';
import { makeWorldDatabase } from './world-databases.ts';
import type { Chance, WorldOptions } from './world-options.ts';
import { WorldOracle } from './world-oracle.ts';
import { WorldStrings } from './world-strings.ts';

export type { WorldOptions };

const START_MS = Date.UTC(2026, 0, 1, 3);
const INVOCATION_MS = 180_000;
const LAMBDA_ARN = 'arn:aws:lambda:eu-west-1:111111111111:function:lockstep-orders';
const UPDATING_MS = 1_500;
/** As the adapter's own, for worlds in which reads of Secrets Manager are stale. */
const SETTLE_DELAYS_MS = [150, 300];

export interface SeenMetric {
  readonly name: string;
  readonly value: number;
  readonly subject: string | undefined;
}

/**
 * A rotation with everything around it in memory: the steps are the real ones, the vaults and databases the stand-ins'
 * models. Every step runs as an invocation of its own, which remembers nothing.
 */
export class World {
  readonly faults = new FaultPlan();
  readonly metrics: SeenMetric[] = [];
  readonly logs: string[] = [];
  readonly secretsManager: SecretsManagerModel;
  readonly vault: VaultModel;
  readonly databases: readonly WorldDatabase[];
  readonly auditBucket = new AuditObjects();
  readonly auditStore = new MemoryAuditStore({ bucket: this.auditBucket });
  /** Copies of the entries, where there are any. */
  readonly copies: AuditObjects | undefined;
  readonly service: RotationService;
  readonly strategy: Strategy;
  readonly chance: Chance;
  readonly settleDelaysMs: readonly number[];
  readonly secretArn: string;
  readonly secretOcid: string;
  readonly strings: WorldStrings | undefined;
  /** Of every invocation from now on, in milliseconds. */
  invocationMs = INVOCATION_MS;
  readonly #reached: { readonly openSessions: number }[] = [];
  #nowMs = START_MS;
  #looksNow = false;
  #isStarted = false;

  constructor(options: WorldOptions = {}) {
    const now = (): number => this.#nowMs;
    this.chance = options.chance ?? { integerBelow: (limit) => randomInt(limit), uuid: randomUUID };
    this.strategy = options.strategy ?? { kind: 'single-user' };
    const text = documentText(INITIAL_PASSWORD, options.extraFields);
    const { staleReads, updatingMs = UPDATING_MS, mirrorLagMs: readLagMs = 0 } = options;
    this.secretsManager = new SecretsManagerModel({ now, ...(staleReads && { staleReads }) });
    this.settleDelaysMs = staleReads === undefined ? [] : SETTLE_DELAYS_MS;
    this.secretArn =
      this.secretsManager.createSecret({
        Name: 'orders',
        SecretString: text,
        ClientRequestToken: this.chance.uuid(),
      }).ARN ?? '';
    // The model takes the lag off; an onlooker has none.
    const vaultNow = (): number => this.#nowMs + (this.#looksNow ? readLagMs : 0);
    this.vault = new VaultModel({ now: vaultNow, updatingMs, readLagMs });
    this.secretOcid = createOciSecret(this.vault, text);
    const { secretsManager, vault } = this;
    this.copies = options.hasCopies ? new AuditObjects() : undefined;
    this.strings = options.hasConnectionStrings
      ? new WorldStrings({ secretsManager, vault, text, versionId: this.chance.uuid() })
      : undefined;
    this.#nowMs += updatingMs + readLagMs;
    this.databases = makeDatabases(options, this.strategy, now);
    this.service = new RotationService({
      model: this.secretsManager,
      attemptsMax: 1 + (options.retries ?? 3),
      keepsPendingLabel: options.keepsPendingLabel ?? false,
      sleep: async (durationMs) => {
        await this.clock.sleep(durationMs);
      },
      invoke:
        options.serve ??
        (async (event) => {
          await this.#serve(event);
        }),
    });
  }

  readonly clock: Clock = {
    now: () => this.#nowMs,
    sleep: async (durationMs) => {
      this.#nowMs += durationMs;
      await Promise.resolve();
    },
  };

  /** RotateSecret, and waits until the service has done with it, retries and all. */
  async rotate(): Promise<RotationOutcome> {
    this.#isStarted = true;
    return await this.service.settled(this.#rotateSecret(true));
  }

  /** RotateSecret with RotateImmediately=false: the service tests the configuration. */
  async testConfiguration(): Promise<RotationOutcome> {
    this.#isStarted = true;
    return await this.service.settled(this.#rotateSecret(false));
  }

  /** RotateSecret without any step: what is left is a version with AWSPENDING and no value. Steps are for `step`. */
  async begin(): Promise<string> {
    this.#isStarted = false;
    const versionId = this.#rotateSecret(true);
    await this.service.settled(versionId);
    return versionId;
  }

  /** One step, or one operation between rotations, in an invocation of its own. */
  async step(
    step: RotationRequest['step'],
    versionId: string,
    secretArn = this.secretArn,
  ): Promise<RehearsalReport | undefined> {
    const { clock, faults } = this;
    return await rotate(
      contextOf(this, {
        request: { step, secretArn, versionId },
        requestId: `request-${faults.calls.length}`,
        faults,
        clock,
        endMs: clock.now() + this.invocationMs,
        reporter: this.#reporter(),
      }),
    );
  }

  async steps(versionId: string, ...steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.step(step, versionId);
  }

  /** The database as one invocation reaches it. */
  reach(database: WorldDatabase, line: MemoryFaults): Database {
    const reached = database.reach(line);
    this.#reached.push(reached);
    return reached;
  }

  /** Sessions that were opened and not closed, at all databases. */
  get openSessions(): number {
    return this.#reached.reduce((sum, { openSessions }) => sum + openSessions, 0);
  }

  /** PostgreSQL's user `app`, for an onlooker and for an administrator. */
  get postgres(): { opens(password: string): boolean; setPassword(password: string): void } {
    const database = this.#databaseOf('postgres');
    return {
      opens: (password) => database.opens(USERNAME, password),
      setPassword: (password) => {
        database.setPassword(USERNAME, password);
      },
    };
  }

  get oracle(): WorldOracle {
    const database = this.#databaseOf('oracle');
    if (database instanceof WorldOracle) return database;
    throw new TypeError('expected an Oracle database');
  }

  /** The password under a staging label, or undefined where no version with a value has it. */
  passwordUnder(label: string): string | undefined {
    const { labels, versions } = this.secretsManager.inspect(this.secretArn);
    const value = versions.get(labels.get(label) ?? '')?.value;
    return value !== undefined && 'text' in value ? passwordOf(value.text) : undefined;
  }

  /** The password of OCI's version of that stage. */
  mirrorPassword(stage: 'CURRENT' | 'PENDING' | 'PREVIOUS'): string | undefined {
    const { text } = this.mirrorVersion({ stage }) ?? {};
    return text === undefined ? undefined : passwordOf(text);
  }

  /** OCI's version with its text, as OCI itself knows it, however reading lags. */
  mirrorVersion(
    selector: VersionSelector,
  ): (BundleVersionBody & { readonly text: string }) | undefined {
    this.#looksNow = true;
    try {
      const { body } = this.vault.getSecretBundle(this.secretOcid, selector);
      const text = Buffer.from(body.secretBundleContent.content, 'base64').toString('utf8');
      return { ...body, text };
    } catch {
      return undefined;
    } finally {
      this.#looksNow = false;
    }
  }

  /** Puts a document under AWSPENDING of the version, as somebody who may write the secret could. */
  writePending(versionId: string, fields: Readonly<Record<string, unknown>>): void {
    this.secretsManager.putSecretValue({
      SecretId: this.secretArn,
      ClientRequestToken: versionId,
      SecretString: JSON.stringify(fields),
      VersionStages: ['AWSPENDING'],
    });
  }

  /** Saves the secret again, as a person in the console does: AWSCURRENT moves to a new version. */
  saveByHand(fields: Readonly<Record<string, unknown>>): void {
    const { labels, versions } = this.secretsManager.inspect(this.secretArn);
    const value = versions.get(labels.get('AWSCURRENT') ?? '')?.value;
    const text = value !== undefined && 'text' in value ? value.text : '{}';
    const kept = JSON.parse(text) as Record<string, unknown>;
    this.secretsManager.putSecretValue({
      SecretId: this.secretArn,
      ClientRequestToken: this.chance.uuid(),
      SecretString: JSON.stringify({ ...kept, ...fields }),
    });
  }

  /** Names of the databases that a password of `app` opens. Counts no login. */
  opened(password: string | undefined): readonly string[] {
    if (password === undefined) return [];
    return this.databases
      .filter((database) => database.opens(USERNAME, password))
      .map(({ name }) => name)
      .sort()
      .reverse();
  }

  get refusedLogins(): number {
    return this.databases.reduce((sum, database) => sum + database.refusedLogins(USERNAME), 0);
  }

  get entries(): readonly Entry[] {
    const prefix = entriesPrefix(AUDIT_PREFIX);
    const objects = this.auditStore.objects.filter(({ key }) => key.startsWith(prefix));
    // Keys sort newest first.
    return objects.map(({ body }) => decodeEntry(body)).reverse();
  }

  get events(): readonly string[] {
    return this.entries.map(({ event, subject }) => `${event} ${subject}`);
  }

  async verifyAudit(): Promise<ChainReport> {
    const key = new MemoryAuditKey({ versions: AUDIT_KEYS });
    return await verifyTrail({ store: this.auditStore, key, prefix: AUDIT_PREFIX });
  }

  async #serve(event: RotationEvent): Promise<void> {
    if (!this.#isStarted) throw new Error('the steps are run one by one');
    const { Step: step, SecretId: secretArn, ClientRequestToken: versionId } = event;
    await this.step(step, versionId, secretArn);
  }

  #databaseOf(engine: string): WorldDatabase {
    const database = this.databases.find((one) => one.engine === engine);
    if (database === undefined) throw new RangeError(`there is no ${engine} in this world`);
    return database;
  }

  #rotateSecret(isImmediate: boolean): string {
    const versionId = this.chance.uuid();
    this.service.rotateSecret({
      SecretId: this.secretArn,
      ClientRequestToken: versionId,
      RotationLambdaARN: LAMBDA_ARN,
      RotationRules: { AutomaticallyAfterDays: 30 },
      RotateImmediately: isImmediate,
    });
    return versionId;
  }

  #reporter(): Reporter {
    const log = (event: string, details: object = {}): void => {
      const { error } = details as { error?: unknown };
      this.logs.push(error instanceof Error ? `${event} ${String(error)}` : event);
    };
    return {
      info: log,
      warn: log,
      metric: ({ name, value, subject }) => {
        this.metrics.push({ name, value, subject });
      },
    };
  }
}

function makeDatabases(
  options: WorldOptions,
  strategy: Strategy,
  now: () => number,
): readonly WorldDatabase[] {
  const users = new Map([[USERNAME, INITIAL_PASSWORD]]);
  for (const username of strategy.kind === 'alternating-users' ? strategy.users : []) {
    if (username !== USERNAME) users.set(username, OTHER_PASSWORD);
  }
  const { engines = ['oracle', 'postgres'], hasSuperuser = false } = options;
  const overlap = strategy.kind === 'alternating-users' ? 'off' : (options.overlap ?? 'auto');
  const { oracleLimits, postgresAccepts: acceptsByPolicy } = options;
  const shared = { now, users, hasSuperuser, overlap, oracleLimits, acceptsByPolicy } as const;
  return engines.map((engine) => makeWorldDatabase(engine, shared));
}
