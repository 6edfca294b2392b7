import { inspect } from 'node:util';
import { GenerateMacCommand, VerifyMacCommand } from '@aws-sdk/client-kms';
import { makeKmsClient } from '../../lambda/adapters/kms-client.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import { FaultPlan } from '../../local/faults.ts';
import { describeAuditKeyContract } from './audit-key-contract.ts';
import { openKms, setStandInCredentials, type KmsUnderTest } from './audit-stand-ins.ts';

const ARN = 'arn:aws:kms:eu-west-1:111111111111:key/';

beforeAll(setStandInCredentials);

describeAuditKeyContract('KMS', {
  versionName: (version) => `kms:${ARN}key-${version}`,
  // HMAC-SHA256 of the SHA-256 of "a message", under the SHA-256 of each value, by openssl.
  macs: {
    first: '6b79432cc1ba014e4942ddac387040a776cb78fba258fe3307e6133df6d012f7',
    second: 'd54ae16bd4c0d6668d2557a189f7f7d44227612328a85b48f8f3eec9632744eb',
  },
  call: 'kms:*',
  open: openKms,
});

describe('KMS audit key', () => {
  let faults: FaultPlan;
  let opened: KmsUnderTest;

  beforeEach(async () => {
    faults = new FaultPlan();
    opened = await openKms(['a value'], faults);
  });

  afterEach(async () => {
    await opened.close();
  });

  test('signs a message of any length', async () => {
    const message = 'x'.repeat(20_000);
    const mac = await opened.key.sign(message);
    await expect(opened.key.verify(message, mac)).resolves.toBe('authentic');
  });

  test('asks no key that an entry names, only its own', async () => {
    const foreign = opened.keys.create({ keyId: 'someone-elses' });
    const mac = await opened.make({ keyArn: foreign }).sign('a message');
    const calls = faults.calls.length;
    await expect(opened.key.verify('a message', mac)).resolves.toBe('unknown-key');
    expect(faults.calls).toHaveLength(calls);
  });

  test('that was deleted is an unknown one', async () => {
    const mac = await opened.key.sign('a message');
    const key = opened.make({ keyArn: `${ARN}deleted` });
    const claim = { ...mac, keyVersion: `kms:${ARN}deleted` };
    await expect(key.verify('a message', claim)).resolves.toBe('unknown-key');
    await expect(key.sign('a message')).rejects.toMatchObject({
      name: 'AuditError',
      message: expect.stringContaining('(NotFoundException)') as unknown,
    });
  });

  test.each([
    ['Disabled', 'enable the key again (aws kms enable-key)'],
    [
      'PendingDeletion',
      'see which state the key is in (aws kms describe-key); where it is about to be deleted, cancel that (aws kms cancel-key-deletion)',
    ],
  ] as const)('fails when the key is %s, and says what to do', async (state, remedy) => {
    const mac = await opened.key.sign('a message');
    opened.keys.setState(`${ARN}key-1`, state);
    const failure = { name: 'AuditError', remedy };
    await expect(opened.key.sign('a message')).rejects.toMatchObject(failure);
    await expect(opened.key.verify('a message', mac)).rejects.toMatchObject(failure);
    opened.keys.setState(`${ARN}key-1`, 'Enabled');
    await expect(opened.key.sign('a message')).resolves.toEqual(mac);
  });

  test.each(['SYMMETRIC_DEFAULT', 'HMAC_384'] as const)(
    'fails when the key is of another kind (%s)',
    async (keySpec) => {
      const keyArn = opened.keys.create({ keyId: 'other', keySpec });
      await expect(opened.make({ keyArn }).sign('a message')).rejects.toMatchObject({
        name: 'ConfigurationError',
        subject: `${ARN}other`,
        remedy: 'name a key with the spec HMAC_256 and the usage GENERATE_VERIFY_MAC',
      });
    },
  );

  test('fails when the role may not, and says what it needs', async () => {
    faults.add({ call: 'kms:*', fault: { kind: 'refuse', code: 'AccessDeniedException' } });
    await expect(opened.key.sign('a message')).rejects.toMatchObject({
      name: 'AuditError',
      remedy: `give the function's role kms:GenerateMac on ${ARN}key-1, which the key's policy must allow too`,
    });
  });

  test.each(['loseReply', 'loseRequest', 'cut'] as const)(
    'outlives one fault (%s)',
    async (kind) => {
      faults.add({ call: 'kms:GenerateMac', fault: { kind } });
      faults.add({ call: 'kms:VerifyMac', fault: { kind } });
      const mac = await opened.key.sign('a message');
      await expect(opened.key.verify('a message', mac)).resolves.toBe('authentic');
    },
  );

  test('fails when the service hangs for longer than the time that is left', async () => {
    faults.add({ call: 'kms:GenerateMac', fault: { kind: 'hang' }, times: 100 });
    const key = opened.make({ budget: new TimeBudget(() => 390) });
    await expect(key.sign('a message')).rejects.toMatchObject({ name: 'AuditError' });
  });

  test('says nothing of the message in a failure', async () => {
    opened.keys.setState(`${ARN}key-1`, 'Disabled');
    const error: unknown = await opened.key.sign('a-password').catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('a-password');
  });
});

describe('the stand-in of KMS', () => {
  let opened: KmsUnderTest;

  beforeAll(async () => {
    opened = await openKms(['a value'], new FaultPlan());
  });

  afterAll(async () => {
    await opened.close();
  });

  const input = {
    KeyId: `${ARN}key-1`,
    Message: Buffer.from('a message'),
    MacAlgorithm: 'HMAC_SHA_256',
  } as const;

  test('takes a message of 4096 bytes and a key by its id', async () => {
    const most = { ...input, KeyId: 'key-1', Message: Buffer.alloc(4_096) };
    await expect(opened.client.send(new GenerateMacCommand(most))).resolves.toMatchObject({
      KeyId: `${ARN}key-1`,
      MacAlgorithm: 'HMAC_SHA_256',
    });
  });

  test.each([
    ['a message of 4097 bytes', { Message: Buffer.alloc(4_097) }, 'ValidationException'],
    ['an empty message', { Message: Buffer.alloc(0) }, 'ValidationException'],
    ['an unknown algorithm', { MacAlgorithm: 'SHA_256' as never }, 'ValidationException'],
    ['another algorithm', { MacAlgorithm: 'HMAC_SHA_512' }, 'InvalidKeyUsageException'],
    ['an unknown key', { KeyId: 'no-key' }, 'NotFoundException'],
  ] as const)('fails when it is given %s', async (_, change, name) => {
    const command = new GenerateMacCommand({ ...input, ...change });
    await expect(opened.client.send(command)).rejects.toMatchObject({ name });
  });

  test('fails when a MAC does not belong to the message', async () => {
    const { Mac } = await opened.client.send(new GenerateMacCommand(input));
    const claim = { ...input, Mac, Message: Buffer.from('a massage') };
    await expect(opened.client.send(new VerifyMacCommand(claim))).rejects.toMatchObject({
      name: 'KMSInvalidMacException',
    });
  });
});

test('the client fails when the endpoint is plain http beyond the loopback address', () => {
  expect(() => makeKmsClient({ AWS_ENDPOINT_URL_KMS: 'http://kms.example' })).toThrow(
    expect.objectContaining({ name: 'ConfigurationError' }) as Error,
  );
});
