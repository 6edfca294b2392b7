import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { type AwsServer, startAwsServer } from '../../local/aws/aws-server.ts';

const NOW_MS = Date.UTC(2026, 10, 20);
const ARN = 'arn:aws:kms:eu-west-1:111111111111:key/example';
let aws: AwsServer;
let client: KMSClient;

beforeEach(async () => {
  aws = await startAwsServer({
    rotation: { invoke: () => Promise.resolve() },
    now: () => NOW_MS,
  });
  client = new KMSClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: aws.urls.kms,
    maxAttempts: 1,
  });
});

afterEach(async () => {
  client.destroy();
  await aws.close();
});

describe('DescribeKey', () => {
  test('tells what a key is for and how it stands, by its ARN and by its id', async () => {
    aws.keys.create({ keyId: 'example' });
    for (const KeyId of [ARN, 'example']) {
      const { KeyMetadata: found } = await client.send(new DescribeKeyCommand({ KeyId }));
      expect(found).toMatchObject({
        Arn: ARN,
        KeyState: 'Enabled',
        KeyUsage: 'GENERATE_VERIFY_MAC',
        KeySpec: 'HMAC_256',
        MacAlgorithms: ['HMAC_SHA_256'],
        CreationDate: new Date(NOW_MS),
      });
    }
  });

  test('tells of a key that cannot be used, and when it is to be deleted', async () => {
    aws.keys.create({ keyId: 'example', keySpec: 'SYMMETRIC_DEFAULT' });
    aws.keys.setState(ARN, 'PendingDeletion');
    const { KeyMetadata: found } = await client.send(new DescribeKeyCommand({ KeyId: ARN }));
    expect(found).toMatchObject({
      KeyState: 'PendingDeletion',
      KeyUsage: 'ENCRYPT_DECRYPT',
      Enabled: false,
      DeletionDate: new Date(Date.UTC(2026, 11, 20)),
    });
    aws.keys.setState(ARN, 'Disabled');
    const { KeyMetadata: later } = await client.send(new DescribeKeyCommand({ KeyId: ARN }));
    expect(later?.KeyState).toBe('Disabled');
    expect(later?.DeletionDate).toBeUndefined();
  });

  test('fails when there is no such key', async () => {
    await expect(client.send(new DescribeKeyCommand({ KeyId: ARN }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });
});
