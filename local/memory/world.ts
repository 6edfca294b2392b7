import { randomUUID } from 'node:crypto';
import { ChainedAuditTrail } from '../../lambda/adapters/audit-trail.ts';
import { verifyTrail } from '../../lambda/adapters/audit-verification.ts';
import type { ChainReport } from '../../lambda/audit/chain-report.ts';
import { decodeEntry } from '../../lambda/audit/encoding.ts';
import type { Entry } from '../../lambda/audit/entry.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import type { Step } from '../../lambda/domain/step.ts';
import { TimeBudget, type Clock } from '../../lambda/domain/time-budget.ts';
import type { Database } from '../../lambda/ports/database.ts';
import type { Mirror } from '../../lambda/ports/mirror.ts';
import type { Reporter } from '../../lambda/ports/reporter.ts';
import type { SecretStore } from '../../lambda/ports/secret-store.ts';
import type { RotationContext } from '../../lambda/rotation/context.ts';
import { LoginBudget } from '../../lambda/rotation/login-budget.ts';
import { rotate } from '../../lambda/rotation/rotate.ts';
import type { RotationEvent, RotationOutcome } from '../aws/rotation-events.ts';
import { RotationService } from '../aws/rotation-service.ts';
import { SecretsManagerModel } from '../aws/secrets-manager-model.ts';
import { FaultPlan } from '../faults.ts';
import { VaultModel } from '../oci/vault-model.ts';
import type { Accounts } from '../oracle/accounts/accounts.ts';
import type { ProfileLimits } from '../oracle/accounts/profile.ts';
import type { PlainVerifier } from '../oracle/accounts/verifier.ts';
import { MemoryAuditKey } from './audit-key.ts';
import { MemoryAuditStore } from './audit-store.ts';
import { MemoryOracle } from './database-oracle.ts';
import { MemoryPostgres } from './database-postgres.ts';
import {
  createAccounts,
  createOciSecret,
  documentText,
  INITIAL_PASSWORD,
  ORACLE_USER,
  passwordOf,
  USERNAME,
} from './initial-state.ts';
import { makeMemoryMirror } from './mirror.ts';
import { makeMemorySecretStore } from './secret-store.ts';

const START_MS = Date.UTC(2026, 0, 1, 3);
const INVOCATION_MS = 180_000;
const LAMBDA_ARN = 'arn:aws:lambda:eu-west-1:111111111111:function:lockstep-orders';
const AUDIT_PREFIX = 'lockstep/orders/';
const UPDATING_MS = 1_500;

export interface WorldOptions {
  /** @default both */
  readonly engines?: readonly ('postgres' | 'oracle')[];
  /** Of the Oracle user's profile. */
  readonly oracleLimits?: Partial<ProfileLimits>;
  readonly postgresAccepts?: (password: string) => boolean;
  /** What the secret holds beside the credential. */
  readonly extraFields?: Readonly<Record<string, unknown>>;
  readonly retries?: number;
}

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
  readonly postgres: MemoryPostgres;
  readonly oracle: MemoryOracle;
  readonly accounts: Accounts<PlainVerifier>;
  readonly auditStore = new MemoryAuditStore({ faults: this.faults });
  readonly secretArn: string;
  readonly secretOcid: string;
  /** Of every invocation from now on, in milliseconds. */
  invocationMs = INVOCATION_MS;
  readonly #options: WorldOptions;
  readonly #service: RotationService;
  readonly #auditKey: MemoryAuditKey;
  #nowMs = START_MS;
  #isStarted = false;

  constructor(options: WorldOptions = {}) {
    this.#options = options;
    const now = (): number => this.#nowMs;
    const text = documentText(INITIAL_PASSWORD, options.extraFields);
    this.secretsManager = new SecretsManagerModel({ now });
    const created = this.secretsManager.createSecret({
      Name: 'orders',
      SecretString: text,
      ClientRequestToken: randomUUID(),
    });
    this.secretArn = created.ARN ?? '';
    this.vault = new VaultModel({ now, updatingMs: UPDATING_MS });
    this.secretOcid = createOciSecret(this.vault, text);
    this.#nowMs += UPDATING_MS;
    this.accounts = createAccounts(now, options.oracleLimits);
    this.oracle = new MemoryOracle({ accounts: this.accounts, faults: this.faults });
    this.postgres = new MemoryPostgres({
      username: USERNAME,
      password: INITIAL_PASSWORD,
      faults: this.faults,
      ...(options.postgresAccepts === undefined
        ? {}
        : { acceptsByPolicy: options.postgresAccepts }),
    });
    this.#auditKey = new MemoryAuditKey({
      versions: ['example-audit-key-that-is-long-enough'],
      faults: this.faults,
    });
    this.#service = new RotationService({
      model: this.secretsManager,
      attemptsMax: 1 + (options.retries ?? 3),
      sleep: async (durationMs) => {
        await this.clock.sleep(durationMs);
      },
      invoke: async (event) => {
        await this.#serve(event);
      },
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
    const { VersionId: versionId = '' } = this.#rotateSecret(true);
    return await this.#service.settled(versionId);
  }

  /** RotateSecret with RotateImmediately=false: the service tests the configuration. */
  async testConfiguration(): Promise<RotationOutcome> {
    this.#isStarted = true;
    const { VersionId: versionId = '' } = this.#rotateSecret(false);
    return await this.#service.settled(versionId);
  }

  /** RotateSecret without any step: what is left is a version with AWSPENDING and no value. Steps are for `step`. */
  async begin(): Promise<string> {
    this.#isStarted = false;
    const { VersionId: versionId = '' } = this.#rotateSecret(true);
    await this.#service.settled(versionId);
    return versionId;
  }

  /** One step, in an invocation of its own. */
  async step(step: Step, versionId: string, secretArn = this.secretArn): Promise<void> {
    await rotate(this.#context({ step, secretArn, versionId }));
  }

  async steps(versionId: string, ...steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.step(step, versionId);
  }

  /** The password under a staging label, or undefined where no version with a value has it. */
  passwordUnder(label: string): string | undefined {
    try {
      const { SecretString: text } = this.secretsManager.getSecretValue({
        SecretId: this.secretArn,
        VersionStage: label,
      });
      return passwordOf(text ?? '{}');
    } catch {
      return undefined;
    }
  }

  /** The password of OCI's version of that stage. */
  mirrorPassword(stage: 'CURRENT' | 'PENDING' | 'PREVIOUS'): string | undefined {
    try {
      const { body } = this.vault.getSecretBundle(this.secretOcid, { stage });
      return passwordOf(Buffer.from(body.secretBundleContent.content, 'base64').toString('utf8'));
    } catch {
      return undefined;
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
    const { SecretString: text } = this.secretsManager.getSecretValue({ SecretId: this.secretArn });
    const kept = JSON.parse(text ?? '{}') as Record<string, unknown>;
    this.secretsManager.putSecretValue({
      SecretId: this.secretArn,
      ClientRequestToken: randomUUID(),
      SecretString: JSON.stringify({ ...kept, ...fields }),
    });
  }

  /** Names of the databases that a password opens. Counts no login. */
  opened(password: string | undefined): readonly string[] {
    if (password === undefined) return [];
    const { engines = ['postgres', 'oracle'] } = this.#options;
    const opens = {
      postgres: () => this.postgres.opens(password),
      oracle: () => this.oracle.opens(ORACLE_USER, password),
    };
    return (['postgres', 'oracle'] as const)
      .filter((engine) => engines.includes(engine) && opens[engine]())
      .map((engine) => this[engine].name);
  }

  get refusedLogins(): number {
    return this.postgres.refusedLogins + this.accounts.refusedLogins(ORACLE_USER);
  }

  get entries(): readonly Entry[] {
    // Keys sort newest first.
    return this.auditStore.objects.map(({ body }) => decodeEntry(body)).reverse();
  }

  get events(): readonly string[] {
    return this.entries.map(({ event, subject }) => `${event} ${subject}`);
  }

  async verifyAudit(): Promise<ChainReport> {
    return await verifyTrail({ store: this.auditStore, key: this.#auditKey, prefix: AUDIT_PREFIX });
  }

  async #serve(event: RotationEvent): Promise<void> {
    if (!this.#isStarted) throw new Error('the steps are run one by one');
    const { Step: step, SecretId: secretArn, ClientRequestToken: versionId } = event;
    await rotate(this.#context({ step, secretArn, versionId }));
  }

  #rotateSecret(isImmediate: boolean): { VersionId?: string | undefined } {
    return this.#service.rotateSecret({
      SecretId: this.secretArn,
      ClientRequestToken: randomUUID(),
      RotationLambdaARN: LAMBDA_ARN,
      RotationRules: { AutomaticallyAfterDays: 30 },
      RotateImmediately: isImmediate,
    });
  }

  #context(request: RotationContext['request']): RotationContext {
    const { clock } = this;
    const redactor = new Redactor();
    const endMs = this.#nowMs + this.invocationMs;
    const audit = this.#auditTrail(request);
    const reporter = this.#reporter();
    return {
      request,
      secretArn: this.secretArn,
      secrets: this.#secretStore(redactor),
      mirrors: [this.#mirror(redactor)],
      databases: this.#databases(),
      audit,
      reporter,
      logins: new LoginBudget({ audit, clock, reporter }),
      random: { integerBelow: (limit) => Number.parseInt(randomUUID().slice(0, 8), 16) % limit },
      clock,
      budget: new TimeBudget(() => endMs - this.#nowMs),
    };
  }

  #auditTrail(request: RotationContext['request']): ChainedAuditTrail {
    const { clock, faults } = this;
    return new ChainedAuditTrail({
      store: this.auditStore,
      key: this.#auditKey,
      tip: { link: undefined },
      clock,
      prefix: AUDIT_PREFIX,
      context: {
        rotation: 'orders',
        secretArn: this.secretArn,
        versionId: request.versionId,
        step: request.step,
        requestId: `request-${faults.calls.length}`,
        functionVersion: '1',
      },
    });
  }

  #secretStore(redactor: Redactor): SecretStore {
    const { secretsManager: model, secretArn, clock, faults } = this;
    return makeMemorySecretStore({ model, secretArn, redactor, clock, faults });
  }

  #mirror(redactor: Redactor): Mirror {
    const { vault: model, secretOcid, clock, faults } = this;
    return makeMemoryMirror({ name: 'oci', model, secretOcid, redactor, clock, faults });
  }

  #databases(): readonly Database[] {
    const engines = this.#options.engines ?? ['oracle', 'postgres'];
    return engines.map((engine) => this[engine]);
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
