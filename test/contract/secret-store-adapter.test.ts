import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { readSecretString } from '../../lambda/adapters/aws-secret-string.ts';
import { makeSecretsManagerClient } from '../../lambda/adapters/secrets-manager-client.ts';
import { SecretsManagerStore } from '../../lambda/adapters/secrets-manager.ts';
import {
  ConfigurationError,
  DeadlineError,
  VaultUnreachableError,
} from '../../lambda/domain/errors.ts';
import { ANSWER_RESERVE_MS, TimeBudget } from '../../lambda/domain/time-budget.ts';
import type { SecretStore } from '../../lambda/ports/secret-store.ts';
import { staleForReads } from '../../local/aws/secret-store.ts';
import type { Fault } from '../../local/faults.ts';
import {
  beginRotation,
  createSecret,
  documentOf,
  failureOf,
  FIRST,
  SECOND,
  startAdapter,
  type AdapterSubject,
} from './secret-store-subjects.ts';

const PENDING_TEXT = '{"username":"app","password":"pending-password"}';

describe('the adapter of Secrets Manager', () => {
  let adapter: AdapterSubject;
  let secretArn: string;
  let store: SecretStore;

  beforeEach(async () => {
    adapter = await startAdapter();
    secretArn = createSecret(adapter.model);
    beginRotation(adapter.model, secretArn);
    store = adapter.storeOf(secretArn);
  });

  afterEach(async () => {
    await adapter.close();
  });

  const calls = (): readonly string[] => adapter.faults.calls;
  const strike = (operation: string, fault: Fault, times = 1): void => {
    adapter.faults.add({ call: `secretsmanager:${operation}`, fault, times });
  };
  /** A budget that leaves a call so much time, now. */
  const brief = (durationMs: number): TimeBudget => {
    let leftMs = 180_000;
    const budget = new TimeBudget(() => leftMs);
    budget.releaseForReport();
    leftMs = durationMs + ANSWER_RESERVE_MS;
    return budget;
  };

  test.each(['loseRequest', 'loseReply', 'cut', 'throttle'] as const)(
    'repeats a call that one fault strikes: %s',
    async (kind) => {
      strike('PutSecretValue', { kind });

      const version = { versionId: SECOND, document: documentOf(PENDING_TEXT) };

      expect(await store.stage(version)).toBe('staged');
      expect(calls()).toEqual(['secretsmanager:PutSecretValue', 'secretsmanager:PutSecretValue']);
    },
  );

  test.each(['loseReply', 'cut'] as const)(
    'sees that a label has moved when only the reply was lost: %s',
    async (kind) => {
      strike('UpdateSecretVersionStage', { kind });

      await store.moveLabel({ label: 'AWSCURRENT', to: SECOND, from: FIRST });

      expect(calls()).toEqual([
        'secretsmanager:UpdateSecretVersionStage',
        'secretsmanager:UpdateSecretVersionStage',
        'secretsmanager:DescribeSecret',
      ]);
    },
  );

  test('fails when the service stays silent past the budget', async () => {
    strike('GetSecretValue', { kind: 'hang' });
    const startMs = performance.now();

    const reading = adapter.storeOf(secretArn, brief(300)).read({ label: 'AWSCURRENT' });

    await expect(reading).rejects.toThrow(VaultUnreachableError);
    expect(performance.now() - startMs).toBeLessThan(3_000);
  });

  test('fails when no time is left, and calls nobody', async () => {
    const reading = adapter.storeOf(secretArn, brief(100)).read({ label: 'AWSCURRENT' });

    await expect(reading).rejects.toThrow(DeadlineError);
    expect(calls()).toEqual([]);
  });

  test('asks three times for a version by id and label, within half a second', async () => {
    expect(await store.read({ versionId: SECOND, label: 'AWSPENDING' })).toBeUndefined();

    expect(adapter.clock.sleeps).toEqual([150, 300]);
    expect(calls()).toEqual([
      'secretsmanager:GetSecretValue',
      'secretsmanager:GetSecretValue',
      'secretsmanager:GetSecretValue',
      'secretsmanager:DescribeSecret',
    ]);
  });

  test('lists more versions than a page holds', async () => {
    for (let number = 100; number < 230; number += 1) {
      const ClientRequestToken = `00000000-0000-4000-8000-000000000${number}`;
      adapter.clock.advance(1_000);
      adapter.model.putSecretValue({
        SecretId: secretArn,
        ClientRequestToken,
        SecretString: PENDING_TEXT,
        VersionStages: ['AWSPENDING'],
      });
    }

    const versions = await store.listVersions();

    expect(versions).toHaveLength(132);
    expect(versions[0]?.versionId).toBe('00000000-0000-4000-8000-000000000229');
    expect(versions[131]?.versionId).toBe('11111111-1111-4111-8111-111111111111');
  });

  test('adds what it reads to the redactor, also where it does not fit', async () => {
    await store.read({ label: 'AWSCURRENT' });
    adapter.model.putSecretValue({
      SecretId: secretArn,
      ClientRequestToken: '44444444-4444-4444-8444-444444444444',
      SecretString: '{"password":"lonely-password"}',
    });
    await expect(store.read({ label: 'AWSCURRENT' })).rejects.toThrow('username is missing');

    const text = 'first-password and lonely-password';

    expect(adapter.redactor.clean(text)).toBe('[redacted] and [redacted]');
  });

  test('puts no secret into any error', async () => {
    const faults: readonly Fault[] = [
      { kind: 'cut' },
      { kind: 'loseReply' },
      { kind: 'throttle' },
      { kind: 'refuse', code: 'InternalServiceError' },
      { kind: 'refuse', code: 'DecryptionFailure', message: `cannot decrypt ${PENDING_TEXT}` },
    ];
    await store.stage({ versionId: SECOND, document: documentOf(PENDING_TEXT) });
    for (const fault of faults) {
      strike('*', fault, 99);
      // Nothing was read before, so the redactor knows nothing of AWSCURRENT.
      const failures = await Promise.all([
        failureOf(store.read({ label: 'AWSCURRENT' })),
        failureOf(
          readSecretString(adapter.client, { ...adapter, secretArn, budget: brief(5_000) }),
        ),
      ]);
      adapter.faults.clear();
      expect(failures).toHaveLength(2);
      for (const failure of failures) {
        const text = inspect(failure, { depth: 20, showHidden: true });
        expect(text).not.toContain('first-password');
        expect(text).not.toContain('team');
        expect(text).not.toContain('pending-password');
      }
    }
  });

  test.each([
    '{"VersionId":"x","SecretString":"{\\"password\\":\\"first-password\\"" oops}',
    'first-password oops',
  ])('quotes no answer that it cannot read: %s', async (answer) => {
    const proxy = createServer((_request, response) => response.end(answer));
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const endpoint = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = makeSecretsManagerClient({}, { endpoint, region: 'eu-west-1', credentials });
    const { clock, redactor } = adapter;
    const budget = brief(5_000);
    const proxied = new SecretsManagerStore({ client, secretArn, budget, clock, redactor });

    const failure = await failureOf(proxied.read({ label: 'AWSCURRENT' }));
    client.destroy();
    proxy.close();

    expect(failure).toBeInstanceOf(VaultUnreachableError);
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toMatch(/first|password|oops/);
  });

  test('reads a secret that the function needs for itself', async () => {
    const { client, redactor } = adapter;

    const text = await readSecretString(client, { secretArn, budget: brief(5_000), redactor });

    expect(text).toContain('"password":"first-password"');
    expect(redactor.clean(text)).toBe('[redacted]');
  });

  test('fails when a secret that the function needs for itself is binary', async () => {
    const { client, redactor, model } = adapter;
    const ClientRequestToken = '44444444-4444-4444-8444-444444444444';
    const SecretBinary = new Uint8Array([1]);
    model.putSecretValue({ SecretId: secretArn, ClientRequestToken, SecretBinary });

    await expect(
      readSecretString(client, { secretArn, budget: brief(5_000), redactor }),
    ).rejects.toThrow(ConfigurationError);
  });
});

test('the adapter finds a version that shows late', async () => {
  const adapter = await startAdapter({ staleReads: staleForReads(2) });
  const secretArn = createSecret(adapter.model);
  beginRotation(adapter.model, secretArn);
  const store = adapter.storeOf(secretArn);
  await store.stage({ versionId: SECOND, document: documentOf(PENDING_TEXT) });

  const version = await store.read({ versionId: SECOND, label: 'AWSPENDING' });
  await adapter.close();

  expect(version?.document.text).toBe('{"username":"app","password":"pending-password"}');
});

describe('the endpoints of AWS', () => {
  test('may be https, or http on the loopback address', () => {
    for (const url of ['https://vpce.example.com', 'http://127.0.0.1:4566', 'http://localhost:1']) {
      const environment = { AWS_ENDPOINT_URL: url, AWS_ENDPOINT_URL_SECRETS_MANAGER: url };
      expect(() => makeSecretsManagerClient(environment)).not.toThrow();
    }
  });

  test.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_SECRETS_MANAGER', 'AWS_ENDPOINT_URL_S3'])(
    'fails when secrets would travel in the clear: %s',
    (name) => {
      const make = (): unknown => makeSecretsManagerClient({ [name]: 'http://10.0.0.1:4566' });

      expect(make).toThrow(ConfigurationError);
      expect(make).toThrow(name);
    },
  );
});
