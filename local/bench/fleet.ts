import { performance } from 'node:perf_hooks';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import type { RotationEvent } from '../aws/rotation-events.ts';
import { startClouds, type Clouds } from '../clouds/clouds.ts';
import { ORACLE_PROFILE } from '../clouds/databases.ts';
import { createOciSecret, secretDocument } from '../clouds/vaults.ts';
import { LocalLambda } from '../lambda/local-lambda.ts';
import { rotate } from '../observation/operator.ts';
import { Gate } from './gate.ts';
import { spreadOf, type Spread } from './spread.ts';

/**
 * Lambda gives each of these functions an execution at once. So many processes of a function are alive here at a time;
 * the other rotations have begun and wait for one.
 */
const PROCESSES_MAX = 6;
const CONFIG_VARIABLE = 'LOCKSTEP_CONFIG';

/** What a function's configuration has of its own. */
const Config = z.looseObject({
  mirrors: z.tuple([z.looseObject({})]),
  audit: z.looseObject({}),
});

/** Secrets that were all rotated at once, each by a function of its own, in the clouds of one machine. */
export interface FleetTime {
  readonly secrets: number;
  /** From the first RotateSecret to the end of the last rotation. */
  readonly totalMs: number;
  /** Of one rotation with its cold start, once a process was free for it. */
  readonly rotationMs: Spread;
  readonly refusedLogins: number;
}

interface Member {
  readonly secretArn: string;
  readonly lambda: LocalLambda;
}

/** Many deployed rotations beside each other: users, secrets, functions. */
export class Fleet {
  readonly #clouds: Clouds;
  readonly #nodePath: string;
  readonly #members: Map<string, Member>;
  readonly #rotationMs: Map<string, number>;
  #refusedLogins = 0;
  #made = 0;

  private constructor(
    clouds: Clouds,
    { nodePath, members, rotationMs }: FleetParts & { readonly nodePath: string },
  ) {
    this.#clouds = clouds;
    this.#nodePath = nodePath;
    this.#members = members;
    this.#rotationMs = rotationMs;
  }

  /** @param nodePath the Node that runs the functions */
  static async start(nodePath: string): Promise<Fleet> {
    const parts: FleetParts = { members: new Map(), rotationMs: new Map() };
    const clouds = await startClouds({ nodePath, ociUpdatingMs: 0, intercept: interceptor(parts) });
    return new Fleet(clouds, { ...parts, nodePath });
  }

  /** @throws {Error} when a rotation does not succeed with its first attempt */
  async measure(secrets: number): Promise<FleetTime> {
    const members: Member[] = [];
    for (let index = 0; index < secrets; index += 1) members.push(await this.#addMember());
    this.#rotationMs.clear();
    this.#refusedLogins = 0;
    const began = performance.now();
    await Promise.all(
      members.map(async ({ secretArn, lambda }) => {
        const { outcome } = await rotate(this.#clouds, secretArn);
        if (outcome.status !== 'succeeded' || outcome.attempts > 1) {
          throw new Error(`of ${secrets} rotations one has ${outcome.status}\n${lambda.logs()}`);
        }
      }),
    );
    return {
      secrets,
      totalMs: performance.now() - began,
      rotationMs: spreadOf([...this.#rotationMs.values()]),
      refusedLogins: this.#refusedLogins,
    };
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#members.values()].map(async ({ lambda }) => {
        await lambda.close();
      }),
    );
    await this.#clouds.close();
  }

  /** A user in both databases, its password in both vaults, and a function that rotates it. */
  async #addMember(): Promise<Member> {
    const { databases, vaults, secrets, functionArn, environment, synthesized } = this.#clouds;
    this.#made += 1;
    const name = `fleet${this.#made}`;
    const password = secrets.initialPassword;
    await databases.postgres.createRole({ name, password });
    databases.accounts.createUser({ name: name.toUpperCase(), password, profile: ORACLE_PROFILE });
    const text = secretDocument(name, password);
    const { ARN: secretArn = '' } = await vaults.clients.secretsManager.send(
      new CreateSecretCommand({ Name: `fleet/${name}`, SecretString: text }),
    );
    const { oci, apiKey } = vaults;
    const secretOcid = await createOciSecret({ url: oci.url, apiKey, name, text });
    const { taskRoot, handler, timeoutMs, memoryMb } = synthesized;
    const lambda = LocalLambda.start({
      taskRoot,
      handler,
      timeoutMs,
      memoryMb,
      functionArn,
      environment: {
        ...environment,
        [CONFIG_VARIABLE]: configOf(environment, { name, secretArn, secretOcid }),
      },
      nodePath: this.#nodePath,
    });
    lambda.onLogLine((line) => {
      if (line.includes('"LoginRefused"')) this.#refusedLogins += 1;
    });
    const member = { secretArn, lambda };
    this.#members.set(secretArn, member);
    return member;
  }
}

interface FleetParts {
  readonly members: Map<string, Member>;
  readonly rotationMs: Map<string, number>;
}

/** A rotation has a process of its own from its first step to its last. */
function interceptor({ members, rotationMs }: FleetParts): (event: RotationEvent) => Promise<void> {
  const gate = new Gate(PROCESSES_MAX);
  const began = new Map<string, number>();
  return async ({ SecretId: secretArn, ...event }: RotationEvent): Promise<void> => {
    const member = members.get(secretArn);
    if (member === undefined) throw new Error('the secret has no function');
    if (event.Step === 'createSecret') {
      await gate.enter();
      began.set(secretArn, performance.now());
    }
    await member.lambda.invoke({ SecretId: secretArn, ...event });
    if (event.Step !== 'finishSecret') return;
    rotationMs.set(secretArn, performance.now() - (began.get(secretArn) ?? NaN));
    await member.lambda.close();
    gate.leave();
  };
}

function configOf(
  environment: Clouds['environment'],
  { name, secretArn, secretOcid }: { name: string; secretArn: string; secretOcid: string },
): string {
  const config = Config.parse(JSON.parse(environment[CONFIG_VARIABLE] ?? ''));
  const [mirror] = config.mirrors;
  return JSON.stringify({
    ...config,
    name,
    secretArn,
    mirrors: [{ ...mirror, secretOcid }],
    audit: { ...config.audit, prefix: `lockstep/${name}/` },
  });
}
