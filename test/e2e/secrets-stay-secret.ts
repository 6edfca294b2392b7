import type { RotationStep } from '../../local/aws/rotation-events.ts';
import type { Clouds } from '../../local/clouds/clouds.ts';
import type { FaultRule } from '../../local/faults.ts';
import type { LambdaInvocationError, LocalLambda } from '../../local/lambda/local-lambda.ts';
import { allOutlets } from '../../local/observation/all-outlets.ts';
import {
  allSecrets,
  pendingSecret,
  whereSecretsBelong,
} from '../../local/observation/all-secrets.ts';
import { failureOf } from './support/crash.ts';
import { publishedPassword } from '../../local/observation/holding.ts';
import { rotate } from '../../local/observation/operator.ts';
import { findSecrets, type Haystack, type Secret } from '../../local/observation/secret-search.ts';
import type { Switchboard } from './support/switchboard.ts';

/** A server that quotes the pending password in what it refuses with, once it is known. */
interface Indiscretion {
  readonly step: RotationStep;
  readonly rule: (pending: ReturnType<typeof pendingSecret>) => FaultRule;
  readonly outcome: object;
}

const INDISCRETIONS: readonly Indiscretion[] = [
  {
    step: 'finishSecret',
    rule: ({ document }) => ({
      call: 'oci:PromoteSecretVersion',
      fault: {
        kind: 'refuse',
        code: 'InternalServerError',
        message: `cannot promote ${Buffer.from(document).toString('base64')}`,
      },
      times: 3,
    }),
    outcome: { status: 'succeeded', attempts: 2 },
  },
  {
    step: 'setSecret',
    rule: ({ password }) => ({
      call: 'oracle:changePassword',
      fault: { kind: 'refuse', code: 'ORA-28003', message: `${password} is too weak` },
    }),
    outcome: { status: 'abandoned', reason: 'labelMoved' },
  },
  {
    step: 'setSecret',
    rule: ({ password }) => ({
      call: 'postgres:query:ALTER ROLE',
      // The first one is the rehearsal.
      skip: 1,
      fault: {
        kind: 'refuse',
        code: '42601',
        message: `syntax error at or near "\\x${Buffer.from(password).toString('hex')}"`,
      },
    }),
    outcome: { status: 'succeeded', attempts: 2 },
  },
];

/** Salt, stored key and server key: none of them logs in. */
const SCRAM_CHANGE =
  /^ALTER ROLE "app" PASSWORD 'SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}='(; COMMIT)?$/;

/** Clouds in which rotations went well and failed. */
export interface Scene {
  readonly clouds: Clouds;
  readonly switchboard: Switchboard;
  /** Besides the clouds' own, which ran the same code. */
  readonly otherFunctions: readonly LocalLambda[];
}

/**
 * Goal: no secret is let out, whatever succeeds or fails.
 * Method: more rotations in the clouds of `sceneOf`, with servers that quote the secret in their errors; then a search
 * through everything that was logged, returned, recorded, deployed or sent as SQL since the clouds were started, for every
 * secret in every form. The search itself has tests of its own.
 */
export function secretsStaySecret(sceneOf: () => Scene): void {
  const outcomes: object[] = [];
  const malformed: LambdaInvocationError[] = [];
  let clouds: Clouds;
  let switchboard: Switchboard;
  let failures: readonly string[];
  let secrets: readonly Secret[];
  let outlets: readonly Haystack[];

  beforeAll(async () => {
    const scene = sceneOf();
    ({ clouds, switchboard } = scene);
    const failuresBefore = switchboard.failures.length;
    for (const { step, rule } of INDISCRETIONS) {
      switchboard.before = ({ Step }): void => {
        if (Step !== step) return;
        clouds.faults.add(rule(pendingSecret(clouds)));
        switchboard.reset();
      };
      outcomes.push((await rotate(clouds)).outcome);
      clouds.faults.clear();
    }
    failures = switchboard.failures.slice(failuresBefore);
    for (const event of await malformedEvents()) {
      malformed.push(await failureOf(clouds.lambda.invoke(event)));
    }
    secrets = allSecrets(clouds, switchboard);
    const errors = JSON.stringify([outcomes, switchboard.failures, malformed]);
    const otherLogs = scene.otherFunctions.map((lambda) => lambda.logs()).join('');
    outlets = [
      ...(await allOutlets(clouds)),
      { name: 'the errors that were returned', text: errors },
      { name: 'the log of the function in a hurry', text: otherLogs },
    ];
  });

  /** Secrets where none belong. */
  async function malformedEvents(): Promise<readonly object[]> {
    const [event] = switchboard.events;
    const password = await publishedPassword(clouds);
    return [
      { RotationToken: event?.RotationToken },
      { ...event, Step: password },
      { ...event, SecretId: password },
      { ...event, ClientRequestToken: `${password}?` },
    ];
  }

  test('the rotations and the malformed events have ended as they should', () => {
    expect(outcomes).toEqual(INDISCRETIONS.map(({ outcome }) => outcome));
    expect(failures.map((failure) => failure.split(':')[0])).toEqual([
      'VaultUnreachableError',
      'PasswordPolicyError',
      'DatabaseError',
    ]);
    expect(malformed.map(({ errorType }) => errorType)).toEqual([
      'EventError',
      'EventError',
      'WrongSecretError',
      'EventError',
    ]);
  });

  test('the function has heard the servers quote its secrets', () => {
    const log = clouds.lambda.logs();
    const quotations = [
      'cannot promote [redacted]',
      '[redacted] is too weak',
      'syntax error at or near \\"\\\\x[redacted]\\"',
    ];
    expect(quotations.filter((text) => !log.includes(text))).toEqual([]);
  });

  test('every secret is known, and found where it belongs', async () => {
    const kinds = secrets.map(({ name }) => name.replace(/ #\d+$/, ''));
    expect([...new Set(kinds)]).toEqual([
      'password',
      'wallet password',
      'audit key',
      'OCI API key, line',
      'encrypted wallet key, line',
      'rotation token',
      'wallet key, line',
    ]);
    // The first one, ten of rotations before this, and three of rotations here.
    expect(kinds.filter((kind) => kind === 'password')).toHaveLength(14);
    const vaults = await whereSecretsBelong(clouds, switchboard);
    const missed = secrets.filter((secret) => findSecrets([vaults], [secret]).length === 0);
    // In clear it is nowhere: the wallet has it encrypted.
    expect(missed.map(({ name }) => name)).toEqual([
      'wallet key, line #1',
      'wallet key, line #2',
      'wallet key, line #3',
    ]);
  });

  test.each([
    ['the log of the function', /^the log of the function$/, '"step.failed"'],
    ['the log of another', /^the log of the function in a hurry$/, 'OutcomeUnknownError'],
    ['its environment', /^the environment of the function$/, 'LOCKSTEP_CONFIG'],
    ['what it returned', /^the errors that were returned$/, 'PasswordPolicyError: orders-adb'],
    ['the audit trail', /^the audit object /, '"event":"change-failed"'],
    ['the log of PostgreSQL', /^the log of PostgreSQL$/, 'ALTER ROLE'],
    ['the journal of Oracle', /^the journal of Oracle$/, 'refusedPasswordChange'],
    ['the SQL of Oracle', /^the SQL that Oracle was sent$/, 'SYS_CONTEXT'],
    ['the journal of AWS', /^the journal of AWS$/, 'PutSecretValue'],
    ['the journal of OCI', /^the journal of OCI$/, 'oci:PromoteSecretVersion'],
    ['the bundle', /^cdk\.out\/asset\.\w+\/[\w-]+\.js$/, 'PasswordPolicyError'],
    ['its CAs', /^cdk\.out\/asset\.\w+\/ca\/.+\.pem$/, 'BEGIN CERTIFICATE'],
    ['the template', /^cdk\.out\/.+\.template\.json$/, 'AWS::Lambda::Function'],
  ])('the search goes through %s', (_what, name, content) => {
    const found = outlets.filter((outlet) => name.test(outlet.name));
    expect(found.some(({ text }) => text.includes(content))).toBe(true);
  });

  test('no secret is in any outlet', () => {
    expect(findSecrets(outlets, secrets)).toEqual([]);
  });

  test('PostgreSQL was sent SCRAM verifiers only, and Oracle no SQL that changes a password', () => {
    const log = clouds.databases.postgres.log();
    const changes = [...log.matchAll(/statement: (ALTER ROLE.*)$/gm)].map(([, sql]) => sql);
    expect(changes.length).toBeGreaterThanOrEqual(8);
    const other = changes.filter((sql) => !SCRAM_CHANGE.test(sql ?? ''));
    expect(other).toEqual([]);
    const { sqlTexts } = clouds.databases.oracle;
    expect(sqlTexts.filter((sql) => !sql.startsWith('SELECT '))).toEqual([]);
  });
}
