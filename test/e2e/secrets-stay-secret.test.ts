import type { RotationOutcome, RotationStep } from '../../local/aws/rotation-events.ts';
import { startClouds, type Clouds } from '../../local/clouds/clouds.ts';
import type { FaultRule } from '../../local/faults.ts';
import type { LambdaInvocationError } from '../../local/lambda/local-lambda.ts';
import { allOutlets } from '../../local/observation/all-outlets.ts';
import {
  allSecrets,
  pendingSecret,
  whereSecretsBelong,
} from '../../local/observation/all-secrets.ts';
import { failureOf } from './support/crash.ts';
import { publishedPassword } from '../../local/observation/holding.ts';
import { rotate, START_MAX_MS } from '../../local/observation/operator.ts';
import {
  findSecrets,
  FORMS,
  type Form,
  type Haystack,
  type Secret,
} from '../../local/observation/secret-search.ts';
import { Switchboard } from './support/switchboard.ts';

/**
 * Goal: no secret is let out, whatever succeeds or fails.
 * Method: rotations that go well and that fail, with servers that quote the secret in their errors; then a search through
 * everything that was logged, returned, recorded, deployed or sent as SQL, for every secret in every form. The search
 * itself is tested first.
 */

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

describe('the search', () => {
  const PLAIN = 'Example/secret "with" a\\b + 0001';
  const TILDES = '~~~???~~~';
  /** Encoded by printf, base64 and xxd, with nothing, x and xx before the secret. */
  const PLANTED: readonly { form: Form; secret: string; text: string }[] = [
    { form: 'plain', secret: PLAIN, text: 'login as Example/secret "with" a\\b + 0001 failed' },
    {
      form: 'base64 at offset 0',
      secret: PLAIN,
      text: 'RXhhbXBsZS9zZWNyZXQgIndpdGgiIGFcYiArIDAwMDE=',
    },
    {
      form: 'base64 at offset 1',
      secret: PLAIN,
      text: 'eEV4YW1wbGUvc2VjcmV0ICJ3aXRoIiBhXGIgKyAwMDAx',
    },
    {
      form: 'base64 at offset 2',
      secret: PLAIN,
      text: 'eHhFeGFtcGxlL3NlY3JldCAid2l0aCIgYVxiICsgMDAwMQ==',
    },
    { form: 'base64url at offset 0', secret: TILDES, text: 'fn5-Pz8_fn5-' },
    { form: 'base64url at offset 1', secret: TILDES, text: 'eH5-fj8_P35-fg' },
    { form: 'base64url at offset 2', secret: TILDES, text: 'eHh-fn4_Pz9-fn4' },
    {
      form: 'hex',
      secret: PLAIN,
      text: '4578616d706c652f7365637265742022776974682220615c62202b2030303031',
    },
    {
      form: 'capital hex',
      secret: PLAIN,
      text: '4578616D706C652F7365637265742022776974682220615C62202B2030303031',
    },
    {
      form: 'URL-encoded',
      secret: PLAIN,
      text: '?p=Example%2Fsecret%20%22with%22%20a%5Cb%20%2B%200001&q=1',
    },
    {
      form: 'form-encoded',
      secret: PLAIN,
      text: 'p=Example%2Fsecret+%22with%22+a%5Cb+%2B+0001',
    },
    { form: 'JSON', secret: PLAIN, text: '{"p":"Example/secret \\"with\\" a\\\\b + 0001"}' },
    {
      form: 'JSON in JSON',
      secret: PLAIN,
      text: '{"t":"{\\"p\\":\\"Example/secret \\\\\\"with\\\\\\" a\\\\\\\\b + 0001\\"}"}',
    },
  ];

  test.each(PLANTED)('finds a secret that is planted as $form', ({ form, secret, text }) => {
    const haystack = { name: 'a log', text: `before ${text} after` };
    expect(findSecrets([haystack], [{ name: 'it', value: secret }])).toEqual([
      `it as ${form} in a log`,
    ]);
  });

  test('is tested in every form', () => {
    expect(PLANTED.map(({ form }) => form)).toEqual(FORMS);
  });

  test('finds a secret that is broken into lines', () => {
    const text = 'RXhhbXBsZS9zZWNy\nZXQgIndpdGgiIGFc\n  YiArIDAwMDE=';
    expect(findSecrets([{ name: 'a mail', text }], [{ name: 'it', value: PLAIN }])).toEqual([
      'it as base64 at offset 0 in a mail',
    ]);
  });

  test('finds nothing where there is nothing', () => {
    const text = 'Example/secret "with" a\\b + 0002';
    expect(findSecrets([{ name: 'a log', text }], [{ name: 'it', value: PLAIN }])).toEqual([]);
  });
});

describe('after rotations that went well and that failed', () => {
  const switchboard = new Switchboard();
  const outcomes: RotationOutcome[] = [];
  const malformed: LambdaInvocationError[] = [];
  let clouds: Clouds;
  let secrets: readonly Secret[];
  let outlets: readonly Haystack[];

  beforeAll(async () => {
    const { intercept } = switchboard;
    clouds = await startClouds({ retryDelayMs: 50, intercept });
    outcomes.push((await rotate(clouds)).outcome);
    for (const { step, rule } of INDISCRETIONS) {
      switchboard.before = ({ Step }): void => {
        if (Step !== step) return;
        clouds.faults.add(rule(pendingSecret(clouds)));
        switchboard.reset();
      };
      outcomes.push((await rotate(clouds)).outcome);
      clouds.faults.clear();
    }
    for (const event of await malformedEvents()) {
      malformed.push(await failureOf(clouds.lambda.invoke(event)));
    }
    secrets = allSecrets(clouds, switchboard);
    const text = JSON.stringify([outcomes, switchboard.failures, malformed]);
    outlets = [...(await allOutlets(clouds)), { name: 'the errors that were returned', text }];
  }, START_MAX_MS);

  afterAll(async () => {
    await clouds.close();
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
    expect(outcomes).toEqual([
      { status: 'succeeded', attempts: 1 },
      ...INDISCRETIONS.map(({ outcome }) => outcome),
    ]);
    expect(switchboard.failures.map((failure) => failure.split(':')[0])).toEqual([
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
    expect(kinds.filter((kind) => kind === 'password')).toHaveLength(5);
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
});
