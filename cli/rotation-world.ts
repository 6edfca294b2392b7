import path from 'node:path';
import { randomUUID } from 'node:crypto';
import type { DatabaseConfig } from '../config/database-config.ts';
import type { FunctionConfig } from '../config/function-config.ts';
import { makeS3Client, makeSsmClient } from '../lambda/adapters/audit-clients.ts';
import { makeStsClient } from '../lambda/adapters/aws-web-identity.ts';
import { makeKmsClient } from '../lambda/adapters/kms-client.ts';
import { newSsmKeyCache } from '../lambda/adapters/ssm-audit-key.ts';
import { composeWorld, type Container } from '../lambda/compose.ts';
import type { OperatorTask } from '../lambda/domain/step.ts';
import type { Reporter } from '../lambda/ports/reporter.ts';
import type { RotationWorld } from '../lambda/rotation/context.ts';
import { newRefusalMemory } from '../lambda/rotation/login-budget.ts';
import { makeOperatorSecretsManagerClient, sdkSettings } from './aws-clients.ts';
import { findEntry } from './policy/entry.ts';
import type { RotationTarget } from './rotation-target.ts';
import type { Session } from './session.ts';

/** A command has no deadline as an invocation has; each call keeps its own. */
const NO_DEADLINE_MS = 24 * 60 * 60 * 1_000;
/** Stands in the trail where a function's version stands else. */
const FUNCTION_VERSION = 'command-line';

/** The world of a rotation as the operator reaches it, from this machine and with the operator's own credentials. */
export interface OperatorWorld {
  /** @param versionId what the entries in the trail name */
  readonly enter: (versionId: string) => RotationWorld;
  /** Ends the connections to AWS. */
  readonly close: () => void;
}

/**
 * Puts the adapters of the rotation function behind every port, with the operator's credentials in place of the function's.
 * The configuration is the deployed one. CA files are in the function's package, where the command line does not look, so
 * they are taken from where rotations.json names them.
 *
 * @param options.file the file of rotations; read only where a database is known by a CA file
 * @throws CommandError when there is no such file, or no such rotation in it
 */
export function openRotationWorld(
  session: Session,
  target: RotationTarget,
  { task, file }: { readonly task: OperatorTask; readonly file: string },
): OperatorWorld {
  const { environment } = session.world;
  const place = { region: target.region };
  const secretsManager = makeOperatorSecretsManagerClient(environment, place);
  const s3 = makeS3Client(environment, sdkSettings(environment, { ...place, service: 'S3' }));
  const ssm = makeSsmClient(environment, sdkSettings(environment, { ...place, service: 'SSM' }));
  const kms = makeKmsClient(environment, sdkSettings(environment, { ...place, service: 'KMS' }));
  const sts = makeStsClient(environment, sdkSettings(environment, { ...place, service: 'STS' }));
  const [tip, keyCache] = [{ link: undefined }, newSsmKeyCache()];
  const container: Container = {
    ...withCaFiles(session, target.config, file),
    secretsManager,
    sts: async () => await Promise.resolve(sts),
    ociSessions: new Map(),
    refusals: newRefusalMemory(),
    audit: async () =>
      await Promise.resolve({
        s3,
        ssm,
        kms: async () => await Promise.resolve(kms),
        tip,
        keyCache,
      }),
  };
  const requestId = `${task}-${randomUUID()}`;
  return {
    enter: (versionId) =>
      composeWorld(container, {
        entry: { step: task, versionId },
        requestId,
        functionVersion: FUNCTION_VERSION,
        remainingMs: () => NO_DEADLINE_MS,
        reporter: reporterOf(session),
        redactor: session.redactor,
      }),
    close: () => {
      for (const client of [secretsManager, s3, ssm, kms, sts]) client.destroy();
    },
  };
}

function withCaFiles(
  session: Session,
  config: FunctionConfig,
  file: string,
): Pick<Container, 'config' | 'taskRoot'> {
  if (!config.databases.some(hasCaFile)) return { config, taskRoot: session.world.folder };
  const { entry, folder } = findEntry(session, { name: config.name, file });
  const databases = config.databases.map((database) => {
    const written = entry.databases.find(({ name }) => name === database.name);
    if (!hasCaFile(database) || written === undefined || !hasCaFile(written)) return database;
    const caFile = path.relative(folder, path.resolve(folder, written.trust.caFile));
    return { ...database, trust: { caFile } };
  });
  return { config: { ...config, databases }, taskRoot: folder };
}

type WithCaFile = DatabaseConfig & { readonly trust: { readonly caFile: string } };

function hasCaFile(database: DatabaseConfig): database is WithCaFile {
  return database.trust !== 'system' && 'caFile' in database.trust;
}

/** What the function would log is shown while the command runs; there is nobody to take its metrics. */
function reporterOf({ progress, redactor }: Session): Reporter {
  return {
    info: () => undefined,
    warn: (event, { error } = {}) => {
      const why = error instanceof Error ? `: ${error.message}` : '';
      progress.note(redactor.clean(`${event}${why}`));
    },
    metric: () => undefined,
  };
}
