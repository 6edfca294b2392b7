import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { makeSsmClient } from '../../lambda/adapters/audit-clients.ts';
import { newSsmKeyCache } from '../../lambda/adapters/ssm-audit-key.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import { FaultPlan } from '../../local/faults.ts';
import { MemoryAuditKey } from '../../local/memory/audit-key.ts';
import { describeAuditKeyContract } from './audit-key-contract.ts';
import { openSsm, PARAMETER, setStandInCredentials, type SsmUnderTest } from './audit-stand-ins.ts';

const FIRST = 'first key of the SSM tests, 32 bytes at least';
const SECOND = 'second key of the SSM tests, 32 bytes at least';

beforeAll(setStandInCredentials);

describeAuditKeyContract('memory', {
  versionName: (version) => `memory:${version}`,
  call: 'ssm:GetParameter',
  open: (versions, faults) =>
    Promise.resolve({
      key: new MemoryAuditKey({ versions, faults }),
      close: () => Promise.resolve(),
    }),
});

describeAuditKeyContract('SSM', {
  versionName: (version) => `ssm:${version}`,
  call: 'ssm:GetParameter',
  open: openSsm,
});

describe('SSM audit key', () => {
  let faults: FaultPlan;
  let opened: SsmUnderTest;

  beforeEach(async () => {
    faults = new FaultPlan();
    opened = await openSsm([FIRST], faults);
  });

  afterEach(async () => {
    await opened.close();
  });

  test('is read once a container', async () => {
    const cache = newSsmKeyCache();
    const mac = await opened.make({ cache }).sign('a message');
    await expect(opened.make({ cache }).verify('a message', mac)).resolves.toBe('authentic');
    await expect(opened.make({ cache }).sign('a message')).resolves.toEqual(mac);
    expect(faults.calls).toEqual(['ssm:GetParameter']);
  });

  test('goes on signing with the version it began with when the parameter is overwritten', async () => {
    const { parameters, key, make } = opened;
    await expect(key.version()).resolves.toBe('ssm:1');
    parameters.putParameter({ Name: PARAMETER, Value: SECOND, Overwrite: true });
    await expect(key.sign('a message')).resolves.toMatchObject({ keyVersion: 'ssm:1' });
    await expect(make().version()).resolves.toBe('ssm:2');
    await expect(make().verify('a message', await key.sign('a message'))).resolves.toBe(
      'authentic',
    );
  });

  test('has one version even if its first two readings give two', async () => {
    const { parameters, key } = opened;
    faults.add({ call: 'ssm:GetParameter', fault: { kind: 'delay', delayMs: 150 } });
    const slow = key.version();
    while (faults.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    parameters.putParameter({ Name: PARAMETER, Value: SECOND, Overwrite: true });
    await expect(key.version()).resolves.toBe('ssm:2');
    await expect(slow).resolves.toBe('ssm:2');
    await expect(key.version()).resolves.toBe('ssm:2');
  });

  test('is known to the redactor, in every invocation that can use it', async () => {
    const cache = newSsmKeyCache();
    for (const redactor of [new Redactor(), new Redactor()]) {
      await opened.make({ cache, redactor }).sign('a message');
      expect(redactor.clean(`it is ${FIRST}!`)).toBe('it is [redacted]!');
    }
  });

  test.each([
    ['has 31 bytes', { Value: 'x'.repeat(31), Type: 'SecureString' }],
    ['has the type String', { Value: 'x'.repeat(64), Type: 'String' }],
  ] as const)('fails when the parameter %s', async (finding, parameter) => {
    opened.parameters.putParameter({ Name: '/unfit', ...parameter });
    const key = opened.make({ parameter: '/unfit' });
    const unfit = {
      name: 'ConfigurationError',
      subject: '/unfit',
      message: expect.stringContaining(finding) as unknown,
    };
    await expect(key.sign('a message')).rejects.toMatchObject(unfit);
    await expect(key.version()).rejects.not.toHaveProperty(
      'message',
      expect.stringContaining(parameter.Value),
    );
  });

  test('takes 32 bytes, counted in UTF-8', async () => {
    const Value = 'ä'.repeat(16);
    opened.parameters.putParameter({ Name: '/fit', Value, Type: 'SecureString' });
    await expect(opened.make({ parameter: '/fit' }).version()).resolves.toBe('ssm:1');
  });

  test('fails when its version cannot be had', async () => {
    faults.add({ call: 'ssm:GetParameter', fault: { kind: 'refuse' }, times: 100 });
    await expect(opened.key.version()).rejects.toMatchObject({ name: 'AuditError' });
  });

  test('fails when there is no such parameter', async () => {
    const key = opened.make({ parameter: '/missing' });
    await expect(key.sign('a message')).rejects.toMatchObject({
      name: 'AuditError',
      message: expect.stringContaining('/missing could not be read (ParameterNotFound)') as unknown,
    });
  });

  test('fails when the role may not, and says what it needs', async () => {
    faults.add({
      call: 'ssm:GetParameter',
      fault: { kind: 'refuse', code: 'AccessDeniedException' },
    });
    await expect(opened.key.sign('a message')).rejects.toMatchObject({
      name: 'AuditError',
      remedy:
        "give the function's role ssm:GetParameter on /lockstep/orders/audit-key, and kms:Decrypt on the key that encrypts it",
    });
  });

  test.each(['loseReply', 'loseRequest', 'cut'] as const)(
    'outlives one fault (%s)',
    async (kind) => {
      faults.add({ call: 'ssm:GetParameter', fault: { kind } });
      await expect(opened.key.version()).resolves.toBe('ssm:1');
    },
  );

  test('fails when the answer cannot be read, and quotes nothing of it', async () => {
    const server = createServer((_, response) => {
      response.end(`{"Parameter":{"Type":"SecureString","Value":"${FIRST}"x`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = makeSsmClient({ AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${port}` });
    const error: unknown = await opened
      .make({ client })
      .sign('a message')
      .catch((thrown: unknown) => thrown);
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(error).toMatchObject({
      name: 'AuditError',
      cause: { message: 'the answer could not be read' },
    });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/of the SSM|first key/);
  });

  test('fails when the service hangs for longer than the time that is left', async () => {
    faults.add({ call: 'ssm:GetParameter', fault: { kind: 'hang' }, times: 100 });
    const key = opened.make({ budget: new TimeBudget(() => 390) });
    await expect(key.sign('a message')).rejects.toMatchObject({ name: 'AuditError' });
  });

  test('fails when no time is left, without a call', async () => {
    const key = opened.make({ budget: new TimeBudget(() => 100) });
    await expect(key.sign('a message')).rejects.toMatchObject({
      name: 'AuditError',
      remedy: expect.stringContaining('timeoutSeconds') as unknown,
    });
    expect(faults.calls).toEqual([]);
  });
});

test('the client fails when the endpoint is plain http beyond the loopback address', () => {
  expect(() => makeSsmClient({ AWS_ENDPOINT_URL: 'http://ssm.example' })).toThrow(
    expect.objectContaining({ name: 'ConfigurationError' }) as Error,
  );
});
