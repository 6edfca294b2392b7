import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { STSClient } from '@aws-sdk/client-sts';
import {
  connectionStringsSecrets,
  type ConnectionStringsSecret,
} from '../config/connection-strings-config.ts';
import { FunctionConfig } from '../config/function-config.ts';
import { ConfigError, parseConfig } from '../config/parse.ts';
import { AWS_DOCUMENT_BYTES_MAX } from './adapters/aws-secret-store.ts';
import { LazyAuditTrail, LazyMirror, once } from './adapters/lazy.ts';
import { OCI_DOCUMENT_BYTES_MAX } from './adapters/oci-document-size.ts';
import type { OciSessionSlot } from './adapters/oci-federated-access.ts';
import { makeSecretsManagerClient } from './adapters/secrets-manager-client.ts';
import { SecretsManagerStore } from './adapters/secrets-manager.ts';
import type { AuditContext } from './adapters/audit-trail.ts';
import type { AuditResources } from './compose-audit.ts';
import { composeAuditCopies } from './compose-audit-copies.ts';
import { composeDatabase } from './compose-database.ts';
import { composeMirror, type MirrorParts } from './compose-mirror.ts';
import { composeTrusts } from './compose-trust.ts';
import { ConfigurationError } from './domain/errors.ts';
import type { Redactor } from './domain/redactor.ts';
import type { RotationRequest } from './domain/step.ts';
import type { Strategy } from './domain/strategy.ts';
import { TimeBudget, type Clock } from './domain/time-budget.ts';
import type { AuditObject } from './ports/audit-store.ts';
import type { Reporter } from './ports/reporter.ts';
import { Aside } from './rotation/aside.ts';
import type { RotationContext, RotationWorld } from './rotation/context.ts';
import { copyAside } from './rotation/copy-trail.ts';
import { LoginBudget, newRefusalMemory, type RefusalMemory } from './rotation/login-budget.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What lives as long as the function's container: configuration, clients, caches, sessions of OCI; no password. */
export interface Container {
  readonly config: FunctionConfig;
  /** The folder that the function was unpacked to. */
  readonly taskRoot: string;
  readonly secretsManager: SecretsManagerClient;
  /** Loads its SDK with the first call: only federated access needs it. */
  readonly sts: () => Promise<STSClient>;
  readonly ociSessions: Map<string, OciSessionSlot>;
  readonly refusals: RefusalMemory;
  /** Loads two more SDKs with the first call, for which the start of the function does not wait. */
  readonly audit: () => Promise<AuditResources>;
}

/** One piece of work in the world of a rotation. */
export interface Visit {
  /** What its entries in the audit trail say of it. */
  readonly entry: Pick<AuditContext, 'step' | 'versionId'>;
  readonly requestId: string;
  readonly functionVersion: string;
  readonly remainingMs: () => number;
  readonly reporter: Reporter;
  readonly redactor: Redactor;
}

/** One call of the function. */
export interface Invocation extends Omit<Visit, 'entry'> {
  readonly request: RotationRequest;
}

const HOUR_MS = 3_600_000;
const CONFIG_VARIABLE = 'LOCKSTEP_CONFIG';

/** @throws ConfigurationError when the configuration is missing or does not fit, or an endpoint is not safe */
export function createContainer(environment: Environment): Container {
  return {
    config: readConfig(environment),
    taskRoot: environment['LAMBDA_TASK_ROOT'] ?? '.',
    secretsManager: makeSecretsManagerClient(environment),
    sts: once(async () => {
      const { makeStsClient } = await import('./adapters/aws-web-identity.ts');
      return makeStsClient(environment);
    }),
    ociSessions: new Map(),
    refusals: newRefusalMemory(),
    audit: once(async () => {
      const { makeAuditResources } = await import('./compose-audit.ts');
      return makeAuditResources(environment);
    }),
  };
}

/** Puts an adapter behind every port. Reaches nothing yet: whatever can fail, fails inside the step. */
export function composeRotation(container: Container, invocation: Invocation): RotationContext {
  const { request } = invocation;
  return { ...composeWorld(container, { ...invocation, entry: request }), request };
}

/** The same for whoever acts in the world of a rotation. */
export function composeWorld(container: Container, visit: Visit): RotationWorld {
  const { config, secretsManager: client } = container;
  const { redactor, reporter } = visit;
  const budget = new TimeBudget(visit.remainingMs);
  const parts: Parts = { container, budget, redactor, clock, ociAccesses: new Map() };
  const aside = new Aside();
  const copies = composeAuditCopies(parts, visit.remainingMs);
  const onKept = (object: AuditObject): void => {
    copyAside({ copies, reporter, aside }, object);
  };
  const audit = new LazyAuditTrail(async () => {
    const { composeAudit } = await import('./compose-audit.ts');
    return composeAudit(await container.audit(), { ...parts, config, visit, clock, onKept });
  });
  const strategy = strategyOf(config);
  const mirrors = [
    ...config.mirrors.map((mirror) => composeMirror(mirror, parts)),
    ...connectionStringsSecrets(config).map((secret) => composeStrings(secret, parts)),
  ];
  const databases = config.databases.map((database) =>
    composeDatabase(database, { ...parts, strategy, clock }),
  );
  return {
    secretArn: config.secretArn,
    strategy,
    retireAfterMs: config.retire === 'next' ? undefined : config.retire.afterHours * HOUR_MS,
    secrets: new SecretsManagerStore({
      client,
      secretArn: config.secretArn,
      budget,
      clock,
      redactor,
    }),
    mirrors,
    databases,
    trusts: composeTrusts(config.databases, { ...parts, clock }),
    audit,
    copies,
    reporter,
    logins: new LoginBudget({
      audit,
      clock,
      reporter,
      memory: container.refusals,
      limits: loginLimits(config),
    }),
    random: { integerBelow: (limit) => randomInt(limit) },
    clock,
    budget,
    aside,
    warmUp: (what) => {
      for (const mirror of mirrors) mirror.prepare();
      if (what === 'vaults') return;
      audit.prepare();
      for (const database of databases) database.prepare();
    },
  };
}

/** What the adapters of one visit are made of. */
export interface Parts extends MirrorParts {
  readonly container: Container;
}

/** The machine's own. */
export const clock: Clock = {
  now: () => Date.now(),
  sleep: async (durationMs) => {
    await setTimeout(durationMs);
  },
};

function readConfig(environment: Environment): FunctionConfig {
  try {
    return parseConfig(FunctionConfig, {
      subject: CONFIG_VARIABLE,
      text: environment[CONFIG_VARIABLE] ?? '',
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigurationError(error.message, {
      remedy: 'deploy the function with cdk deploy, which writes its configuration',
    });
  }
}

function strategyOf({ strategy, users }: FunctionConfig): Strategy {
  return strategy === 'alternating-users' && users !== undefined
    ? { kind: 'alternating-users', users }
    : { kind: 'single-user' };
}

/** How many refused logins a day each database may see, where its configuration says so. */
export function loginLimits({ databases }: FunctionConfig): ReadonlyMap<string, number> {
  return new Map(
    databases.flatMap(({ name, refusedLoginsPerDayMax: limit }) =>
      limit === undefined ? [] : [[name, limit]],
    ),
  );
}

function composeStrings(secret: ConnectionStringsSecret, parts: Parts): LazyMirror {
  const { config, secretsManager: client } = parts.container;
  const documentBytesMax = 'mirror' in secret ? OCI_DOCUMENT_BYTES_MAX : AWS_DOCUMENT_BYTES_MAX;
  return new LazyMirror({ name: secret.name, documentBytesMax }, async () => {
    const { makeConnectionStringsMirror } = await import('./compose-connection-strings.ts');
    return makeConnectionStringsMirror(secret, {
      ...parts,
      client,
      clock,
      targets: config.databases,
      composeMirror: (mirror) => composeMirror(mirror, parts),
    });
  });
}
