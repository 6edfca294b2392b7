import { startClouds, type Clouds } from '../../local/clouds/clouds.ts';
import type { Fault, FaultRule } from '../../local/faults.ts';
import { LocalLambda } from '../../local/lambda/local-lambda.ts';
import { failureOf, killInside, until } from './support/crash.ts';
import {
  ALL_HOLDS,
  auditFindings,
  publishedPassword,
  whatHolds,
} from '../../local/observation/holding.ts';
import { rotate, START_MAX_MS, testConfiguration } from '../../local/observation/operator.ts';
import { secretsStaySecret } from './secrets-stay-secret.ts';
import { sharedSynthesis } from './support/shared-synthesis.ts';
import { Switchboard, type ByHand } from './support/switchboard.ts';
import {
  auditEvents,
  databaseState,
  databaseTraffic,
  refusedLogins,
  vaultState,
} from '../../local/observation/traces.ts';

/**
 * Goal: the function that `cdk synth` produces rotates, whatever is repeated and wherever it dies.
 * Method: one set of clouds for the whole file; each test is one more rotation of the same secret, and looks at what
 * holds afterwards from outside.
 */
const HANG: Fault = { kind: 'hang' };
/** The call takes effect; its answer would come when the test is long over. */
const LATE_ANSWER: Fault = { kind: 'delay', delayMs: 600_000 };
const ALTER_ROLE = { call: 'postgres:query:ALTER ROLE' };
const CHANGE = { call: 'oracle:changePassword' };

/** The same function, given less time. */
let hurried: LocalLambda;
const promotedVersionIds: string[] = [];
let switchboard: Switchboard;
let clouds: Clouds;

beforeAll(async () => {
  switchboard = new Switchboard();
  const { intercept } = switchboard;
  const { authority, synthesize } = await sharedSynthesis();
  clouds = await startClouds({
    authority,
    synthesize,
    retryDelayMs: 50,
    ociUpdatingMs: 0,
    refusedLoginsPerDayMax: 100,
    intercept,
  });
}, START_MAX_MS);

afterEach(() => {
  clouds.faults.clear();
  switchboard.reset();
});

afterAll(async () => {
  await clouds.close();
});

/** Runs a rotation in some way, then looks from outside. */
async function expectAllHolds(rotation: () => Promise<string>): Promise<void> {
  const oldPassword = await publishedPassword(clouds);
  promotedVersionIds.push(await rotation());
  await expect(whatHolds(clouds, oldPassword)).resolves.toEqual(ALL_HOLDS);
  await expect(auditFindings(clouds, promotedVersionIds)).resolves.toEqual([]);
}

describe('a rotation in which nothing fails', () => {
  test('leaves the new password everywhere, the old one nowhere, and makes no refused login', async () => {
    await expectAllHolds(async () => {
      const { versionId, outcome } = await rotate(clouds);
      expect(outcome).toEqual({ status: 'succeeded', attempts: 1 });
      expect(refusedLogins(clouds)).toEqual({ postgres: 0, oracle: 0, oracleJournal: 0 });
      return versionId;
    });
    // The old password, which the test itself has tried: so the servers do count.
    await until('a refusal in the log', () => clouds.databases.postgres.refusedLogins('app') > 0);
    expect(refusedLogins(clouds)).toEqual({ postgres: 1, oracle: 1, oracleJournal: 1 });
  });

  test('records what it did', () => {
    expect(auditEvents(clouds, promotedVersionIds[0] ?? '')).toEqual([
      'staged secrets-manager',
      'staged oci-frankfurt',
      'change-intended orders-rds',
      'change-intended orders-adb',
      'changed orders-rds',
      'proven orders-rds',
      'changed orders-adb',
      'proven orders-adb',
      expect.stringMatching(/^proven orders-(rds|adb)$/),
      expect.stringMatching(/^proven orders-(rds|adb)$/),
      expect.stringMatching(/^proven orders-(rds|adb)$/),
      expect.stringMatching(/^proven orders-(rds|adb)$/),
      'promoted oci-frankfurt',
      'promoted secrets-manager',
    ]);
  });
});

describe("the service's test of the configuration", () => {
  test('succeeds and changes nothing', async () => {
    const before = [vaultState(clouds), await databaseState(clouds)];
    const { outcome } = await testConfiguration(clouds);
    expect(outcome).toEqual({ status: 'succeeded', attempts: 1 });
    expect([vaultState(clouds), await databaseState(clouds)]).toEqual(before);
  });
});

describe('a rotation whose steps are repeated', () => {
  test('ends well when every step runs twice', async () => {
    await expectAllHolds(async () => {
      const byHand = await switchboard.begin(clouds);
      await byHand.run('createSecret', 'createSecret');
      await byHand.run('setSecret', 'setSecret');
      await byHand.run('testSecret', 'testSecret');
      await byHand.run('finishSecret', 'finishSecret');
      return byHand.versionId;
    });
  });

  test('ends well when everything starts over after each step', async () => {
    await expectAllHolds(async () => {
      const byHand = await switchboard.begin(clouds);
      await byHand.run('createSecret');
      await byHand.run('createSecret', 'setSecret');
      await byHand.run('createSecret', 'setSecret', 'testSecret');
      await byHand.run('createSecret', 'setSecret', 'testSecret', 'finishSecret');
      await byHand.run('createSecret', 'setSecret', 'testSecret', 'finishSecret');
      return byHand.versionId;
    });
  });
});

describe('a function that dies', () => {
  test('between any two steps is started anew and ends well', async () => {
    await clouds.lambda.kill();
    const coldStarts = clouds.lambda.coldStarts;
    switchboard.after = async () => {
      await clouds.lambda.kill();
    };
    await expectAllHolds(async () => {
      const { versionId, outcome } = await rotate(clouds);
      expect(outcome).toEqual({ status: 'succeeded', attempts: 1 });
      return versionId;
    });
    expect(clouds.lambda.coldStarts - coldStarts).toBe(4);
  });

  test.each<{ moment: string; database: 'postgres' | 'oracle'; rule: FaultRule }>([
    {
      moment: 'PostgreSQL is only being asked',
      database: 'postgres',
      rule: { ...ALTER_ROLE, fault: HANG },
    },
    {
      moment: 'PostgreSQL has not changed yet',
      database: 'postgres',
      rule: { ...ALTER_ROLE, skip: 1, fault: HANG },
    },
    {
      moment: 'PostgreSQL has changed',
      database: 'postgres',
      rule: { ...ALTER_ROLE, skip: 1, fault: LATE_ANSWER },
    },
    { moment: 'Oracle has not changed yet', database: 'oracle', rule: { ...CHANGE, fault: HANG } },
    { moment: 'Oracle has changed', database: 'oracle', rule: { ...CHANGE, fault: LATE_ANSWER } },
  ])('inside setSecret when $moment ends well with the retry', async ({ database, rule }) => {
    await expectAllHolds(async () => {
      const before = (await databaseState(clouds))[database];
      const rotation = rotate(clouds);
      await killInside(clouds, {
        rule,
        isReady: async () =>
          rule.fault.kind === 'hang' || (await databaseState(clouds))[database] !== before,
      });
      const { versionId, outcome } = await rotation;
      expect(outcome).toEqual({ status: 'succeeded', attempts: 2 });
      return versionId;
    });
  });
});

describe('an event that Secrets Manager would not send', () => {
  const FOREIGN_ARN = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:billing/app-AbCdEf';
  const FOREIGN_VERSION = '00000000-0000-4000-8000-000000000000';
  const NEXT_ROTATE =
    'Next: let Secrets Manager call the function: aws secretsmanager rotate-secret --secret-id ….';

  test.each<{ flaw: string; changes: object; errorType: string; errorMessage: string }>([
    {
      flaw: 'it names no step',
      changes: { Step: undefined },
      errorType: 'EventError',
      errorMessage: `the event is not one of a rotation (Step: expected createSecret, setSecret, testSecret, finishSecret). ${NEXT_ROTATE}`,
    },
    {
      flaw: 'its step is unknown',
      changes: { Step: 'dropSecret' },
      errorType: 'EventError',
      errorMessage: `the event is not one of a rotation (Step: expected createSecret, setSecret, testSecret, finishSecret). ${NEXT_ROTATE}`,
    },
    {
      flaw: 'its token is no version id',
      changes: { ClientRequestToken: 'short' },
      errorType: 'EventError',
      errorMessage: `the event is not one of a rotation (ClientRequestToken: expected 32 to 64 letters, digits, hyphens, underscores or periods). ${NEXT_ROTATE}`,
    },
    {
      flaw: 'it is for another secret',
      changes: { SecretId: FOREIGN_ARN },
      errorType: 'WrongSecretError',
      errorMessage:
        'the event is for another secret: expected <secret>. Next: attach each secret to the function of its own rotation.',
    },
    {
      flaw: 'its version does not exist',
      changes: { ClientRequestToken: FOREIGN_VERSION },
      errorType: 'UnknownVersionError',
      errorMessage: `secrets-manager: the secret has no version ${FOREIGN_VERSION}. Next: start a rotation with aws secretsmanager rotate-secret; never invoke the function by hand.`,
    },
  ])('fails when $flaw, and touches nothing', async ({ changes, errorType, errorMessage }) => {
    await expectRefusal({ changes, errorType, errorMessage });
  });

  test('fails when its version does not carry AWSPENDING, and touches nothing', async () => {
    // The last but one: it carries AWSPREVIOUS.
    const versionId = promotedVersionIds.at(-2) ?? '';
    await expectRefusal({
      changes: { ClientRequestToken: versionId },
      errorType: 'NotPendingError',
      errorMessage: `secrets-manager: version ${versionId} does not carry AWSPENDING. Next: the rotation was abandoned; start a new one with aws secretsmanager rotate-secret.`,
    });
  });

  async function expectRefusal({
    changes,
    ...expected
  }: {
    readonly changes: object;
    readonly errorType: string;
    readonly errorMessage: string;
  }): Promise<void> {
    const state = await databaseState(clouds);
    const before = [vaultState(clouds), databaseTraffic(clouds)];
    const { secretArn } = clouds.vaults;
    const event = {
      Step: 'setSecret',
      SecretId: secretArn,
      ClientRequestToken: promotedVersionIds.at(-1),
      RotationToken: 'example-rotation-token',
      ...changes,
    };
    const { errorType, errorMessage } = await failureOf(clouds.lambda.invoke(event));
    expect({ errorType, errorMessage: errorMessage.replace(secretArn, '<secret>') }).toEqual(
      expected,
    );
    expect([vaultState(clouds), databaseTraffic(clouds)]).toEqual(before);
    await expect(databaseState(clouds)).resolves.toEqual(state);
  }
});

describe('a function whose time runs out', () => {
  /** A third of it is held back for taking back, and no call waits longer than for the rest. */
  const TIMEOUT_MS = 10_000;
  let byHand: ByHand;

  beforeAll(async () => {
    const { taskRoot, handler } = clouds.synthesized;
    const { environment, functionArn } = clouds;
    const timeoutMs = TIMEOUT_MS;
    hurried = LocalLambda.start({ taskRoot, handler, environment, functionArn, timeoutMs });
    byHand = await switchboard.begin(clouds);
  });

  afterAll(async () => {
    await hurried.close();
  });

  test('because OCI never answers says so before it is stopped', async () => {
    clouds.faults.add({ call: 'oci:*', fault: HANG, times: 100 });
    const { errorType, errorMessage } = await failureOf(
      hurried.invoke(byHand.event('createSecret')),
    );
    expect({ errorType, errorMessage }).toEqual({
      errorType: 'VaultUnreachableError',
      errorMessage:
        'oci-frankfurt: GetSecretBundle: no usable answer. Next: wait for the retry; if it happens again, check the network path to OCI.',
    });
  });

  test('because Oracle never answers takes PostgreSQL back and says so before it is stopped', async () => {
    const password = await publishedPassword(clouds);
    await byHand.run('createSecret');
    clouds.faults.add({ ...CHANGE, fault: HANG });
    const { errorType, errorMessage } = await failureOf(hurried.invoke(byHand.event('setSecret')));
    expect({ errorType, errorMessage }).toEqual({
      errorType: 'OutcomeUnknownError',
      errorMessage:
        'orders-adb: the connection broke while the password was being changed. State: orders-rds taken back to AWSCURRENT; AWSCURRENT opens every database that answers. Next: wait for the retry: it looks which password the database accepts.',
    });
    // What was published stays so, and opens both.
    await expect(whatHolds(clouds, password)).resolves.toEqual({ ...ALL_HOLDS, refuseOld: [] });
  });

  test('is not stopped by Lambda, and ends well when it is repeated', async () => {
    expect(hurried.logs()).not.toContain('Task timed out');
    await expectAllHolds(async () => {
      await byHand.run('createSecret', 'setSecret', 'testSecret', 'finishSecret');
      return byHand.versionId;
    });
  });
});

describe('after all this', () => {
  secretsStaySecret(() => ({ clouds, switchboard, otherFunctions: [hurried] }));
});
