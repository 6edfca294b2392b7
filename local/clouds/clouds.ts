import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve, type StandIn } from '../aws/http-stand-in.ts';
import { lambdaService, type DeployedFunction } from '../aws/lambda-server.ts';
import type { RotationEvent, RotationNews } from '../aws/rotation-events.ts';
import { CertificateAuthority } from '../certificate-authority.ts';
import { FaultPlan } from '../faults.ts';
import { LambdaInvocationError, LocalLambda } from '../lambda/local-lambda.ts';
import { makeWallet } from '../oracle/wallet.ts';
import { startDatabases, type Databases } from './databases.ts';
import { rotationEntry } from './rotation-entry.ts';
import { makeRunSecrets, USERNAME, type RunSecrets } from './run-secrets.ts';
import { ACCOUNT_ID, synthesize, type Synthesized, type SynthesizedFunction } from './synthesis.ts';
import { isFederated, type Topology } from './topology.ts';
import { AUDIT_BUCKET, startVaults, type Vaults, type VaultsOptions } from './vaults.ts';

const REGION = 'eu-west-1';
/** The stand-ins want a signature, whoever signs. */
const ACCESS_KEYS = {
  AWS_ACCESS_KEY_ID: 'EXAMPLEACCESSKEYID',
  AWS_SECRET_ACCESS_KEY: 'example-secret-access-key-of-nobody',
};

export interface CloudsOptions {
  /** @default PostgreSQL and Oracle, one user, no overlap */
  readonly topology?: Topology;
  /** How often Secrets Manager tries a whole rotation. @default 3 */
  readonly attemptsMax?: number;
  /** Its pause before it tries again, in milliseconds. @default 1000 */
  readonly retryDelayMs?: number;
  /** Who issues the certificates. @default one made for these clouds */
  readonly authority?: CertificateAuthority;
  /** Makes the function from a rotations.json. @default by a `cdk synth` of their own */
  readonly synthesize?: typeof synthesize;
  /** How many refused logins a day each database may see before the function stops trying. @default the function's own */
  readonly refusedLoginsPerDayMax?: number;
  /** How long OCI Vault is UPDATING after a change, in milliseconds. @default 40 */
  readonly ociUpdatingMs?: number;
  /** The Node that runs the function. @default the one that runs this */
  readonly nodePath?: string | undefined;
  readonly listener?: (news: RotationNews) => void;
  /**
   * Stands between Secrets Manager and the function: what becomes of each call that the service makes. It may make the
   * call with `invoke`, more than once or not at all; where it rejects, the step has failed.
   *
   * @default makes each call once
   */
  readonly intercept?: (event: RotationEvent, invoke: () => Promise<void>) => Promise<void>;
  /**
   * Where the function finds a server: given the server's name in fault plans and its port, the port that the function is
   * told. What listens there is to pass everything on.
   *
   * @default the server's own
   */
  readonly via?: Via;
  /** Told what is being started, for a display. */
  readonly progress?: (what: string) => void;
  /** Given, before anything starts, what takes away whatever has started by the time it is called. */
  readonly onStarted?: (close: () => Promise<void>) => void;
}

export type Via = (service: string, port: number) => number;

/**
 * AWS, OCI and both databases on this machine's loopback address, with the function that a fresh `cdk synth` produced
 * attached to the secret. Everything is made for one run and gone after `close`.
 */
export interface Clouds {
  readonly secrets: RunSecrets;
  readonly faults: FaultPlan;
  readonly topology: Topology;
  readonly authority: CertificateAuthority;
  readonly wallet: string;
  readonly databases: Databases;
  readonly vaults: Vaults;
  readonly synthesized: Synthesized;
  readonly functionArn: string;
  /** The whole environment of the function. */
  readonly environment: Readonly<Record<string, string>>;
  readonly lambda: LocalLambda;
  /** The rotations.json that was synthesised. */
  readonly rotations: object;
  /** What points an operator's SDK or AWS CLI at these clouds: endpoints, region, and access keys of nobody. */
  readonly operatorEnvironment: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

export async function startClouds(options: CloudsOptions = {}): Promise<Clouds> {
  const cleanUps: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    closing ??= cleanUpAll(cleanUps);
    await closing;
  };
  options.onStarted?.(close);
  try {
    return await start(options, cleanUps, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** The newest first. One that is added meanwhile, by a start that is still under way, has its turn too. */
async function cleanUpAll(cleanUps: (() => Promise<unknown>)[]): Promise<void> {
  for (let next = cleanUps.pop(); next !== undefined; next = cleanUps.pop()) await next();
}

async function start(
  options: CloudsOptions,
  cleanUps: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<Clouds> {
  const { progress = () => undefined, synthesize: makeFunction = synthesize } = options;
  const { topology = {} } = options;
  const faults = new FaultPlan();
  const secrets = makeRunSecrets();
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  const authority =
    options.authority ?? (await CertificateAuthority.create('Lockstep local clouds'));
  const identity = await authority.issue({ commonName: USERNAME });
  const caPem = authority.certificatePem;
  const wallet = makeWallet({ identity, caPem, password: secrets.walletPassword });

  progress('the databases');
  const databases = await startDatabases({
    authority,
    topology,
    usernames: topology.users ?? [USERNAME],
    password: secrets.initialPassword,
    superuserPassword: secrets.superuserPassword,
    faults,
  });
  cleanUps.push(databases.close);

  progress('Secrets Manager, SSM, S3 and OCI Vault');
  const invoked: { lambda: LocalLambda | undefined } = { lambda: undefined };
  const vaults = await startVaults({
    secrets,
    wallet,
    faults,
    topology,
    ...(options.ociUpdatingMs !== undefined && { ociUpdatingMs: options.ociUpdatingMs }),
    rotation: serviceOptions(options, () => invoked.lambda),
  });
  cleanUps.push(vaults.close);

  progress('cdk synth');
  await writeFile(join(folder, 'ca.pem'), caPem);
  const { via = direct, nodePath } = options;
  const found = { portOf: via, ...ociPlaces(topology, vaults, via) };
  const entry = rotationEntry({ ...options, ...found, topology, databases, vaults });
  const rotations = { rotations: [entry] };
  const synthesized = await makeFunction({ folder, rotations, auditBucket: AUDIT_BUCKET });

  progress('the function');
  const functionArn = functionArnOf(synthesized);
  const environment = environmentOf(synthesized, { topology, vaults, via });
  const lambda = startLambda(synthesized, { environment, functionArn, nodePath });
  invoked.lambda = lambda;
  const inspector = startInspector(synthesized, { topology, vaults, via, nodePath });
  cleanUps.push(lambda.close.bind(lambda), inspector.lambda.close.bind(inspector.lambda));
  const lambdaApi = await startLambdaApi({ synthesized, functionArn, lambda, inspector, faults });
  cleanUps.push(lambdaApi.close);
  return {
    secrets,
    faults,
    topology,
    authority,
    wallet,
    databases,
    vaults,
    synthesized,
    functionArn,
    environment,
    lambda,
    rotations,
    operatorEnvironment: operatorEnvironment(vaults, lambdaApi),
    close,
  };
}

function operatorEnvironment(
  { aws: { environment } }: Vaults,
  { url }: StandIn,
): Clouds['operatorEnvironment'] {
  return { ...environment, ...ACCESS_KEYS, AWS_ENDPOINT_URL_LAMBDA: url };
}

async function startLambdaApi({
  synthesized,
  functionArn,
  lambda,
  inspector,
  faults,
}: Pick<Clouds, 'synthesized' | 'functionArn' | 'lambda' | 'faults'> & {
  readonly inspector: DeployedFunction;
}): Promise<StandIn> {
  const deployed = { ...synthesized, functionArn, roleArn: roleArnOf(synthesized), lambda };
  return await serve(lambdaService([deployed, inspector]), { faults, journal: [] });
}

/** The function that looks at the rotation, called by the command line. Its process starts with the first call. */
function startInspector(
  { inspector }: Synthesized,
  {
    nodePath,
    ...clouds
  }: { topology: Topology; vaults: Vaults; via: Via; nodePath: string | undefined },
): DeployedFunction & { readonly lambda: LocalLambda } {
  const functionArn = functionArnOf(inspector);
  const environment = environmentOf(inspector, clouds);
  const lambda = startLambda(inspector, { environment, functionArn, nodePath });
  return { ...inspector, functionArn, roleArn: roleArnOf(inspector), lambda };
}

function roleArnOf({ functionName }: SynthesizedFunction): string {
  return `arn:aws:iam::${ACCOUNT_ID}:role/${functionName}`;
}

function startLambda(
  { taskRoot, handler, timeoutMs, memoryMb }: SynthesizedFunction,
  {
    nodePath,
    ...rest
  }: {
    readonly environment: Readonly<Record<string, string>>;
    readonly functionArn: string;
    readonly nodePath: string | undefined;
  },
): LocalLambda {
  return LocalLambda.start({
    taskRoot,
    handler,
    timeoutMs,
    memoryMb,
    ...rest,
    ...(nodePath === undefined ? {} : { nodePath }),
  });
}

/** How Secrets Manager rotates, and how it calls the function, once there is one. */
function serviceOptions(
  options: CloudsOptions,
  findLambda: () => LocalLambda | undefined,
): VaultsOptions['rotation'] {
  return {
    attemptsMax: options.attemptsMax ?? 3,
    retryDelayMs: options.retryDelayMs ?? 1_000,
    listener: options.listener ?? (() => undefined),
    invoke: async (event) => {
      const invoke = async (): Promise<void> => {
        await findLambda()?.invoke(event).catch(throwAsService);
      };
      await (options.intercept?.(event, invoke) ?? invoke());
    },
  };
}

/** The service knows a failure by the name that the handler gave it. */
function throwAsService(error: unknown): never {
  if (!(error instanceof LambdaInvocationError)) throw error;
  const { errorType, errorMessage } = error;
  throw Object.assign(new Error(errorMessage), { name: errorType });
}

function functionArnOf({ functionName }: SynthesizedFunction): string {
  return `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${functionName}`;
}

/** The template's variables and the role's credentials; and, in place of the clouds, where their stand-ins are. */
function environmentOf(
  { environment }: SynthesizedFunction,
  { topology, vaults, via }: { topology: Topology; vaults: Vaults; via: Via },
): Record<string, string> {
  const { urls } = vaults.aws;
  return {
    ...environment,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: urlVia(via, 'secretsmanager', urls.secretsManager),
    AWS_ENDPOINT_URL_SSM: urlVia(via, 'ssm', urls.ssm),
    AWS_ENDPOINT_URL_S3: urlVia(via, 's3', urls.s3),
    ...(isFederated(topology) && { AWS_ENDPOINT_URL_STS: urlVia(via, 'sts', urls.sts) }),
    ...ACCESS_KEYS,
    // Lambda's newest Node has no need of it; an older one on this machine would print a warning.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

/** Where the function finds OCI. What it does not call, nothing has to stand before. */
function ociPlaces(
  topology: Topology,
  { oci, identityDomain }: Vaults,
  via: Via,
): { readonly ociUrl: string; readonly domainUrl?: string } {
  const ociUrl = urlVia(via, 'oci', oci.url);
  if (!isFederated(topology)) return { ociUrl };
  return { ociUrl, domainUrl: urlVia(via, 'oci-domain', identityDomain.server.url) };
}

function direct(_service: string, port: number): number {
  return port;
}

function urlVia(via: Via, service: string, url: string): string {
  return `http://127.0.0.1:${via(service, Number(new URL(url).port))}`;
}
