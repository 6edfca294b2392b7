import { inspect } from 'node:util';
import {
  ConfigurationError,
  DeadlineError,
  VaultRefusedError,
  VaultUnreachableError,
} from '../../lambda/domain/errors.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import type { Mirror } from '../../lambda/ports/mirror.ts';
import type { Fault } from '../../local/faults.ts';
import { CLIENT_SECRET, startFederated, type FederatedSubject } from './federated-subject.ts';
import { createOciSecret, failureOf } from './mirror-subjects.ts';

const MINUTE_MS = 60_000;

describe('federated access to OCI', () => {
  let subject: FederatedSubject;
  let secretOcid: string;
  let mirror: Mirror;

  beforeEach(async () => {
    subject = await startFederated();
    secretOcid = createOciSecret(subject.model);
    mirror = subject.mirrorOf(secretOcid);
  });

  afterEach(async () => {
    await subject.close();
  });

  const countOf = (call: string): number =>
    subject.faults.calls.filter((one) => one === call).length;
  const exchanges = (): number => countOf('oci-domain:ExchangeToken');
  const strike = (call: string, fault: Fault, times = 1): void => {
    subject.faults.add({ call, fault, times });
  };
  const read = async (from: Mirror = mirror): Promise<number | undefined> =>
    (await from.read({ stage: 'CURRENT' }))?.number;
  const next = (): Mirror => subject.invocation().mirrorOf(secretOcid);

  test('asks both clouds once, however many calls begin at once and follow', async () => {
    await Promise.all([read(), read(), mirror.list()]);
    await read();

    expect(subject.faults.calls.filter((one) => !one.startsWith('oci:')).sort()).toEqual([
      'oci-domain:ExchangeToken',
      'secretsmanager:GetSecretValue',
      'sts:GetPublicKeys',
      'sts:GetWebIdentityToken',
    ]);
  });

  test('goes on with its session in the next invocations of the container', async () => {
    await read();
    await read(next());

    expect(exchanges()).toBe(1);
  });

  test('has another session, of another key pair, from half of its time on', async () => {
    await read();
    const first = subject.session();
    subject.clock.advance(29 * MINUTE_MS);
    await read(next());
    expect(subject.session()).toBe(first);

    subject.clock.advance(2 * MINUTE_MS);
    await read(next());

    expect(exchanges()).toBe(2);
    expect(subject.session()?.keyId).not.toBe(first?.keyId);
    expect(subject.session()?.privateKeyPem).not.toBe(first?.privateKeyPem);
  });

  test('goes on with a session that cannot be renewed yet, and asks once an invocation', async () => {
    await read();
    subject.clock.advance(31 * MINUTE_MS);
    strike('sts:GetWebIdentityToken', { kind: 'refuse', code: 'AccessDenied' }, 99);
    const invocation = next();

    expect(await read(invocation)).toBe(1);
    expect(await read(invocation)).toBe(1);

    expect(countOf('sts:GetWebIdentityToken')).toBe(2);
    expect(exchanges()).toBe(1);
  });

  test('fails when its session has ended and cannot be renewed, and sends OCI nothing', async () => {
    await read();
    subject.clock.advance(60 * MINUTE_MS);
    strike('sts:GetWebIdentityToken', { kind: 'refuse', code: 'AccessDenied' }, 99);

    await expect(read(next())).rejects.toThrow(VaultRefusedError);

    expect(countOf('oci:GetSecretBundle')).toBe(1);
  });

  test('never uses a session in its last minute', async () => {
    await read();
    subject.clock.advance(59 * MINUTE_MS);
    strike('oci-domain:ExchangeToken', { kind: 'refuse', code: 'invalid_grant' }, 99);

    await expect(read(next())).rejects.toThrow(VaultRefusedError);
  });

  test('begins another session where OCI has ended it early, and repeats the call', async () => {
    await read();
    subject.clock.advance(MINUTE_MS);
    subject.identity.domain.endSessions();

    expect(await read(next())).toBe(1);

    expect(exchanges()).toBe(2);
    expect(countOf('oci:GetSecretBundle')).toBe(3);
  });

  test('fails when OCI accepts none of its sessions, after one renewal', async () => {
    await read();
    strike('oci:*', { kind: 'refuse', code: 'NotAuthenticated' }, 99);
    const invocation = next();

    await expect(read(invocation)).rejects.toThrow(
      'check that the service user of the identity propagation trust',
    );
    await expect(read(invocation)).rejects.toThrow(VaultRefusedError);

    expect(exchanges()).toBe(2);
  });

  test.each<[string, Fault]>([
    ['sts:GetWebIdentityToken', { kind: 'loseRequest' }],
    ['sts:GetWebIdentityToken', { kind: 'loseReply' }],
    ['sts:GetWebIdentityToken', { kind: 'throttle' }],
    ['oci-domain:ExchangeToken', { kind: 'loseRequest' }],
    ['oci-domain:ExchangeToken', { kind: 'loseReply' }],
    ['oci-domain:ExchangeToken', { kind: 'cut' }],
    ['oci-domain:ExchangeToken', { kind: 'throttle' }],
    ['oci-domain:ExchangeToken', { kind: 'refuse' }],
  ])('outlives one fault of %s: %j', async (call, fault) => {
    strike(call, fault);

    expect(await read()).toBe(1);
    expect(countOf(call)).toBe(2);
  });

  test.each(['sts:GetWebIdentityToken', 'oci-domain:ExchangeToken'])(
    'fails when %s never gets an answer, after three attempts',
    async (call) => {
      strike(call, { kind: 'loseReply' }, 99);

      await expect(read()).rejects.toThrow(VaultUnreachableError);
      expect(countOf(call)).toBe(3);
    },
  );

  test.each(['sts:GetWebIdentityToken', 'oci-domain:ExchangeToken'])(
    'fails when %s stays silent past the budget',
    async (call) => {
      strike(call, { kind: 'hang' }, 99);
      // Little time is left from the call on, however long the machine takes for what comes before it.
      const isFirst = call.startsWith('sts:');
      const isNext = (): boolean => isFirst || countOf('sts:GetWebIdentityToken') > 0;
      const budget = new TimeBudget(() => (isNext() ? 800 : 60_000));
      budget.releaseForReport();

      const reading = read(subject.invocation({ budget }).mirrorOf(secretOcid));

      await expect(reading).rejects.toThrow(VaultUnreachableError);
    },
  );

  test('fails when no time is left, and calls nobody', async () => {
    const budget = new TimeBudget(() => 300);

    const reading = read(subject.invocation({ budget }).mirrorOf(secretOcid));

    await expect(reading).rejects.toThrow(DeadlineError);
    expect(subject.faults.calls).toEqual([]);
  });

  describe('is refused', () => {
    const expectRefusal = async (reading: Promise<unknown>, remedy: string): Promise<void> => {
      const failure = await failureOf(reading);
      expect(failure).toBeInstanceOf(VaultRefusedError);
      expect(String(failure)).toContain('oci-frankfurt: ');
      expect(String(failure)).toContain(remedy);
      expect(countOf('oci:GetSecretBundle')).toBe(0);
    };

    test('when federation is disabled in the account', async () => {
      subject.aws.webIdentity.isEnabled = false;

      await expectRefusal(read(), 'aws iam enable-outbound-web-identity-federation');
      expect(exchanges()).toBe(0);
    });

    test('when the role may not ask for the token', async () => {
      strike('sts:GetWebIdentityToken', { kind: 'refuse', code: 'AccessDenied' });

      await expectRefusal(read(), "allow the function's role sts:GetWebIdentityToken");
    });

    test("when the client's secret is another", async () => {
      const clientSecret = 'another-example-client-secret';
      subject.storeClient(JSON.stringify({ clientId: 'lockstep-client', clientSecret }));

      await expectRefusal(read(), 'check clientId and clientSecret in arn:aws:secretsmanager');
      expect(exchanges()).toBe(1);
    });

    test('when the audience is another', async () => {
      const audience = 'urn:somebody:else';

      const reading = read(subject.invocation({ audience }).mirrorOf(secretOcid));

      await expectRefusal(reading, 'clientClaimValues with urn:somebody:else');
    });

    test("when the token of AWS is another role's", async () => {
      subject.aws.webIdentity.roleArn = 'arn:aws:iam::111111111111:role/somebody-else';

      await expectRefusal(read(), 'a rule of impersonationServiceUsers that fits the ARN');
    });

    test('when the session that comes has ended', async () => {
      subject.identity.domain.lifetimeMs = 30_000;

      await expectRefusal(read(), 'check the clock');
    });
  });

  test('fails when the secret of the client does not fit', async () => {
    subject.storeClient('{"clientId":"lockstep-client"}');

    await expect(read()).rejects.toThrow(ConfigurationError);
    await expect(read()).rejects.toThrow('missing or not in its form: clientSecret');
    expect(exchanges()).toBe(0);
  });

  test('adds token, key and client secret to the redactor of each invocation that uses them', async () => {
    await read();
    const { keyId = '', privateKeyPem = '' } = subject.session() ?? {};
    const text = `${keyId} ${privateKeyPem} ${privateKeyPem.split('\n')[3] ?? ''}`;
    const later = subject.invocation();
    await read(later.mirrorOf(secretOcid));

    expect(subject.redactor.clean(`as ${CLIENT_SECRET}!`)).toBe('as [redacted]!');
    for (const { redactor } of [subject, later]) {
      expect(redactor.clean(text)).toBe('ST$[redacted] [redacted] [redacted]');
    }
  });

  test('puts no secret into any error, whatever a server quotes', async () => {
    await read();
    const { keyId = '' } = subject.session() ?? {};
    const [, payload = '', signature = ''] = keyId.split('.');
    const session = `${keyId} ${payload} ${signature}`;
    subject.clock.advance(60 * MINUTE_MS);
    const failures: unknown[] = [];
    for (const [call, code, message] of [
      ['sts:GetWebIdentityToken', 'AccessDenied', session],
      ['oci-domain:ExchangeToken', 'invalid_grant', `${CLIENT_SECRET} ${session}`],
      ['oci-domain:ExchangeToken', 'invalid_client', `${CLIENT_SECRET} ${session}`],
      ['oci-domain:ExchangeToken', CLIENT_SECRET, session],
    ] as const) {
      strike(call, { kind: 'refuse', code, message }, 99);
      failures.push(await failureOf(read(next())));
      subject.faults.clear();
    }

    const text = inspect(failures, { depth: 20, showHidden: true });
    expect(text).toContain('invalid_grant');
    for (const secret of [CLIENT_SECRET, payload, signature]) {
      expect(secret.length).toBeGreaterThan(20);
      expect(text).not.toContain(secret);
    }
    expect(text).not.toMatch(/PRIVATE KEY|Basic /);
  });

  describe('what an inspection looks at of it', () => {
    test('is what AWS vouches for, and whether OCI takes that', async () => {
      expect(await subject.signIn.claims()).toEqual({
        issuer: subject.aws.webIdentity.issuer,
        role: 'arn:aws:iam::111111111111:role/lockstep',
        audience: 'urn:lockstep:oci',
      });
      await subject.signIn.exchange();
      expect(exchanges()).toBe(1);
    });

    test('fails when AWS vouches for nobody, with the command that lets it', async () => {
      subject.aws.webIdentity.isEnabled = false;
      const error = (await failureOf(subject.signIn.claims())) as Error;
      expect(error).toBeInstanceOf(VaultRefusedError);
      expect(error.message).toContain('aws iam enable-outbound-web-identity-federation');
    });

    test('fails when OCI does not take the audience, which AWS vouches for all the same', async () => {
      const { signIn } = subject.invocation({ audience: 'urn:example:other' });
      expect(await signIn.claims()).toMatchObject({ audience: 'urn:example:other' });
      expect(await failureOf(signIn.exchange())).toBeInstanceOf(VaultRefusedError);
    });
  });
});
