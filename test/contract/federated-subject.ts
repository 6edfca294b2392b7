import { makeStsClient } from '../../lambda/adapters/aws-web-identity.ts';
import {
  generateSessionKeys,
  type OciSession,
  type OciSessionKeys,
} from '../../lambda/adapters/oci-session.ts';
import { makeSecretsManagerClient } from '../../lambda/adapters/secrets-manager-client.ts';
import { composeMirror, composeSignIns, type MirrorParts } from '../../lambda/compose-mirror.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import type { Mirror } from '../../lambda/ports/mirror.ts';
import type { SignIn } from '../../lambda/ports/sign-in.ts';
import { startAwsServer, type AwsServer } from '../../local/aws/aws-server.ts';
import {
  OAUTH_CLIENT_ID,
  OCI_AUDIENCE,
  startOciIdentity,
  type OciIdentity,
} from '../../local/clouds/oci-identity.ts';
import { FaultPlan } from '../../local/faults.ts';
import { JumpingClock } from '../../local/memory/jumping-clock.ts';
import { OciServer } from '../../local/oci/oci-server.ts';
import { VaultModel } from '../../local/oci/vault-model.ts';
import {
  configOf,
  FIRST,
  SECOND,
  ociTraits,
  type OciMirrorSubject,
  type VaultPace,
} from './mirror-subjects.ts';

const MINUTE_MS = 60_000;
export const CLIENT_SECRET = 'example-client-secret-of-nobody';

export interface InvocationOptions {
  readonly audience?: string;
  readonly budget?: TimeBudget;
}

/** One invocation of the function: what it reads is in its redactor. */
export interface Invocation {
  readonly redactor: Redactor;
  readonly mirrorOf: (secretOcid: string) => Mirror;
  /** What an inspection looks at of the way in. */
  readonly signIn: SignIn;
}

/** The real adapter with federated access, before the stand-ins of both clouds. Every clock is the same one. */
export interface FederatedSubject extends OciMirrorSubject, Invocation {
  readonly aws: AwsServer;
  readonly identity: OciIdentity;
  readonly clock: JumpingClock;
  /** What the container keeps. */
  readonly session: () => OciSession | undefined;
  /** Another invocation of the same container. */
  readonly invocation: (options?: InvocationOptions) => Invocation;
  /** Stores another text in the secret of the OAuth client. */
  readonly storeClient: (text: string) => void;
}

export async function startFederated(pace: VaultPace = {}): Promise<FederatedSubject> {
  const clock = new JumpingClock();
  const now = (): number => clock.now();
  const faults = new FaultPlan();
  const aws = await startAwsServer({ now, faults, rotation: { invoke: () => Promise.resolve() } });
  // Made before the first call, which does not wait for ever.
  await aws.webIdentity.publishedKeys();
  const identity = await startOciIdentity({ aws, clientSecret: CLIENT_SECRET, faults, now });
  const model = new VaultModel({ now, ...pace });
  const { sessionKeyOf } = identity.domain;
  const server = await OciServer.start({ model, publicKeys: new Map(), sessionKeyOf, faults });
  const { ARN: clientSecretArn = '' } = aws.secretsManager.createSecret({
    Name: 'lockstep/oci-oauth-client',
    ClientRequestToken: FIRST,
    SecretString: JSON.stringify({ clientId: OAUTH_CLIENT_ID, clientSecret: CLIENT_SECRET }),
  });
  const container = containerOf(aws);
  const endpoints = { vaults: server.url, secrets: server.url };
  const invocation = (options: InvocationOptions = {}): Invocation => {
    const { audience = OCI_AUDIENCE, budget = new TimeBudget(() => 10 * MINUTE_MS) } = options;
    const redactor = new Redactor();
    const parts: MirrorParts = { container, ociAccesses: new Map(), budget, redactor, clock };
    const domainUrl = identity.server.url;
    const auth = { type: 'federated', domainUrl, audience, clientSecretArn } as const;
    const config = { ...configOf('ocid1.vaultsecret.oc1..example', endpoints), auth };
    const [signIn] = composeSignIns([config], parts);
    if (signIn === undefined) throw new TypeError('expected a mirror with federated access');
    return {
      redactor,
      mirrorOf: (secretOcid) => composeMirror({ ...config, secretOcid }, parts),
      signIn,
    };
  };
  return {
    ...ociTraits(model),
    aws,
    identity,
    faults,
    clock,
    session: () => [...container.ociSessions.values()][0]?.session,
    invocation,
    ...invocation(),
    signInHint: 'the service user of the identity propagation trust',
    storeClient: (text) => {
      const request = { SecretId: clientSecretArn, ClientRequestToken: SECOND };
      aws.secretsManager.putSecretValue({ ...request, SecretString: text });
    },
    close: async () => {
      container.secretsManager.destroy();
      (await container.sts()).destroy();
      await Promise.all([aws.close(), identity.server.close(), server.close()]);
    },
  };
}

function containerOf({ urls }: AwsServer): MirrorParts['container'] {
  const shared = {
    region: 'eu-west-1',
    credentials: { accessKeyId: 'EXAMPLEACCESSKEYID', secretAccessKey: 'example' },
  };
  const secretsManager = makeSecretsManagerClient({}, { ...shared, endpoint: urls.secretsManager });
  const sts = makeStsClient({}, { ...shared, endpoint: urls.sts });
  return {
    secretsManager,
    sts: () => Promise.resolve(sts),
    ociSessions: new Map(),
    makeSessionKeys,
  };
}

const KEY_PAIRS = 4;
let sessionKeysMade = 0;
const keyPairs: Promise<OciSessionKeys>[] = [];

/** Making a pair takes long: a file's tests share a few, and one that comes after another is never the same. */
async function makeSessionKeys(): Promise<OciSessionKeys> {
  const index = sessionKeysMade % KEY_PAIRS;
  sessionKeysMade += 1;
  return await (keyPairs[index] ??= generateSessionKeys());
}
