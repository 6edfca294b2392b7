import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type PutObjectCommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';
import { type AwsServer, startAwsServer } from '../../local/aws/aws-server.ts';

let aws: AwsServer;
let client: S3Client;

beforeEach(async () => {
  aws = await startAwsServer({
    rotation: { invoke: () => Promise.resolve() },
    buckets: [{ name: 'open' }, { name: 'audit', requireIfNoneMatch: true, retentionDays: 365 }],
  });
  client = new S3Client({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: aws.urls.s3,
    forcePathStyle: true,
    maxAttempts: 1,
  });
});

afterEach(async () => {
  client.destroy();
  await aws.close();
});

async function put(request: Partial<PutObjectCommandInput> = {}): Promise<PutObjectCommandOutput> {
  const defaults = { Bucket: 'open', Key: 'a/1.json', Body: '{"entry":1}' };
  return await client.send(new PutObjectCommand({ ...defaults, ...request }));
}

async function get(request: object = {}): Promise<string | undefined> {
  const defaults = { Bucket: 'open', Key: 'a/1.json' };
  const { Body } = await client.send(new GetObjectCommand({ ...defaults, ...request }));
  return await Body?.transformToString();
}

/** A put without the SDK, which adds checksums of its own. */
async function rawPut(headers: Record<string, string>, body: string): Promise<string> {
  const authorization = `AWS4-HMAC-SHA256 Credential=local/20261120/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
  const request = { method: 'PUT', headers: { authorization, ...headers }, body };
  const response = await fetch(`${aws.urls.s3}/open/raw`, request);
  return `${response.status} ${/<Code>(\w+)/.exec(await response.text())?.[1] ?? ''}`.trim();
}

describe('PutObject', () => {
  test('stores a text, a buffer and a stream, each with the checksum that the SDK adds', async () => {
    const stream = Readable.from([Buffer.from('{"en'), Buffer.from('try":1}')]);
    for (const body of ['{"entry":1}', Buffer.from('{"entry":1}'), stream]) {
      const answer = await put({ Body: body, ContentLength: 11 });
      expect(answer).toMatchObject({
        ETag: '"63387eb0d65121d8c015c0c9251ff5fd"',
        ChecksumCRC32: 'T5gWWA==',
        ChecksumType: 'FULL_OBJECT',
      });
      expect(await get()).toBe('{"entry":1}');
    }
  });

  test('keeps content type, metadata and every version', async () => {
    const first = await put({ ContentType: 'application/json', Metadata: { entry: '1' } });
    await put({ Body: 'second' });
    expect(await get()).toBe('second');
    const VersionId = first.VersionId;
    const request = { Bucket: 'open', Key: 'a/1.json', VersionId };
    const head = await client.send(new HeadObjectCommand(request));
    expect(head).toMatchObject({
      ContentType: 'application/json',
      ContentLength: 11,
      Metadata: { entry: '1' },
      VersionId,
    });
    expect(await get({ VersionId })).toBe('{"entry":1}');
  });

  test('fails when the key is taken and If-None-Match is *', async () => {
    await put({ IfNoneMatch: '*' });
    await expect(put({ IfNoneMatch: '*', Body: 'second' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
      message: 'At least one of the pre-conditions you specified did not hold',
      Condition: 'If-None-Match',
      $metadata: { httpStatusCode: 412 },
    });
    expect(await get()).toBe('{"entry":1}');
  });

  test('fails when the bucket policy demands If-None-Match and it is missing', async () => {
    await expect(put({ Bucket: 'audit' })).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
    await put({ Bucket: 'audit', IfNoneMatch: '*' });
    expect(await get({ Bucket: 'audit' })).toBe('{"entry":1}');
  });

  test('fails when If-None-Match is anything but *', async () => {
    await expect(put({ IfNoneMatch: '"etag"' })).rejects.toMatchObject({ name: 'NotImplemented' });
  });

  test.each([
    ['CRC32', { ChecksumCRC32: 'AAAAAA==' }],
    ['SHA256', { ChecksumSHA256: `${'A'.repeat(43)}=` }],
    ['Content-MD5', { ContentMD5: `${'A'.repeat(22)}==` }],
  ])('fails when what arrives has another %s', async (digest, request) => {
    await expect(put(request)).rejects.toMatchObject({
      name: 'BadDigest',
      message: expect.stringContaining(digest) as string,
    });
    await expect(get()).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test.each([
    [
      '200',
      'chunks with signatures',
      '6;chunk-signature=00\r\nsecret\r\n0;chunk-signature=00\r\n\r\n',
      '6',
    ],
    ['200', 'a trailer', '6\r\nsecret\r\n0\r\nx-amz-checksum-crc32:XKLo5Q==\r\n\r\n', '6'],
    [
      '400 BadDigest',
      'a wrong trailer',
      '6\r\nsecret\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n',
      '6',
    ],
    ['400 IncompleteBody', 'a wrong length', '6\r\nsecret\r\n0\r\n\r\n', '7'],
    ['400 IncompleteBody', 'a chunk longer than it says', '3\r\nsecret\r\n0\r\n\r\n', '3'],
    ['400 IncompleteBody', 'no last chunk', '6\r\nsecret\r\n', '6'],
    ['400 IncompleteBody', 'no size', 'secret\r\n0\r\n\r\n', '6'],
  ])('answers %s to aws-chunked with %s', async (answer, _what, body, length) => {
    const headers = {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': length,
    };
    expect(await rawPut(headers, body)).toBe(answer);
  });

  test('fails when the hash that was signed is another', async () => {
    const headers = { 'x-amz-content-sha256': '0'.repeat(64) };
    expect(await rawPut(headers, 'body')).toBe('400 XAmzContentSHA256Mismatch');
  });

  test('fails when there is no such bucket, or no credential', async () => {
    await expect(put({ Bucket: 'other' })).rejects.toMatchObject({ name: 'NoSuchBucket' });
    expect(await rawPut({ authorization: '' }, 'body')).toBe('403 AccessDenied');
  });
});

describe('Object Lock', () => {
  const LOCKED = { Bucket: 'audit', Key: 'a/1.json' };

  test('fails when a locked version is deleted; a delete marker hides the key but loses nothing', async () => {
    const { VersionId } = await put({ ...LOCKED, IfNoneMatch: '*' });
    const del = new DeleteObjectCommand({ ...LOCKED, VersionId });
    await expect(client.send(del)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: 'Access Denied because object protected by object lock.',
    });
    const marker = await client.send(new DeleteObjectCommand(LOCKED));
    expect(marker).toMatchObject({ DeleteMarker: true });
    await expect(get(LOCKED)).rejects.toMatchObject({ name: 'NoSuchKey', Key: 'a/1.json' });
    expect(await get({ ...LOCKED, VersionId })).toBe('{"entry":1}');
    const versions = await client.send(new ListObjectVersionsCommand({ Bucket: 'audit' }));
    expect(versions.Versions).toMatchObject([{ Key: 'a/1.json', VersionId, IsLatest: false }]);
    expect(versions.DeleteMarkers).toMatchObject([
      { Key: 'a/1.json', VersionId: marker.VersionId, IsLatest: true },
    ]);
  });

  test('holds a single version until the date its upload named', async () => {
    const lock = { ObjectLockMode: 'COMPLIANCE' } as const;
    const future = { ...lock, ObjectLockRetainUntilDate: new Date('2099-01-01T00:00:00Z') };
    const past = { ...lock, ObjectLockRetainUntilDate: new Date('2020-01-01T00:00:00Z') };
    const kept = await put(future);
    const freed = await put(past);
    const del = (VersionId: string | undefined): DeleteObjectCommand =>
      new DeleteObjectCommand({ Bucket: 'open', Key: 'a/1.json', VersionId });
    await expect(client.send(del(kept.VersionId))).rejects.toMatchObject({ name: 'AccessDenied' });
    await client.send(del(freed.VersionId));
    await expect(get({ VersionId: freed.VersionId })).rejects.toMatchObject({
      name: 'NoSuchVersion',
    });
    const request = { Bucket: 'open', Key: 'a/1.json' };
    expect(await client.send(new HeadObjectCommand(request))).toMatchObject({
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: new Date('2099-01-01T00:00:00Z'),
    });
  });

  test('fails when a locked upload carries no checksum', async () => {
    const headers = {
      'x-amz-object-lock-mode': 'COMPLIANCE',
      'x-amz-object-lock-retain-until-date': '2099-01-01T00:00:00Z',
    };
    expect(await rawPut(headers, 'body')).toBe('400 InvalidRequest');
  });
});

describe('Reading and listing', () => {
  test('fails when there is no such key, with HeadObject as without a body', async () => {
    await expect(get()).rejects.toMatchObject({
      name: 'NoSuchKey',
      message: 'The specified key does not exist.',
      $metadata: { httpStatusCode: 404 },
    });
    const head = new HeadObjectCommand({ Bucket: 'open', Key: 'a/1.json' });
    await expect(client.send(head)).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('lists keys by their UTF-8 bytes, not by their UTF-16 units', async () => {
    for (const Key of ['e/\u{1F600}', 'e/\uFF21', 'e/é', 'e/b & <c>', 'e/Z', 'f'])
      await put({ Key });
    const list = await client.send(new ListObjectsV2Command({ Bucket: 'open', Prefix: 'e/' }));
    expect(list.Contents?.map((object) => object.Key)).toEqual([
      'e/Z',
      'e/b & <c>',
      'e/é',
      'e/\uFF21',
      'e/\u{1F600}',
    ]);
    expect(list).toMatchObject({ KeyCount: 5, IsTruncated: false, Name: 'open' });
    expect(list.Contents?.[0]).toMatchObject({ Size: 11, StorageClass: 'STANDARD' });
  });

  test('pages with a continuation token, begins after StartAfter', async () => {
    for (const Key of ['a/1', 'a/2', 'a/3', 'a/4', 'a/5']) await put({ Key });
    const list = { Bucket: 'open', Prefix: 'a/', StartAfter: 'a/1', MaxKeys: 2 };
    const first = await client.send(new ListObjectsV2Command(list));
    expect(first.Contents?.map((object) => object.Key)).toEqual(['a/2', 'a/3']);
    expect(first.IsTruncated).toBe(true);
    const ContinuationToken = first.NextContinuationToken;
    const second = await client.send(new ListObjectsV2Command({ ...list, ContinuationToken }));
    expect(second.Contents?.map((object) => object.Key)).toEqual(['a/4', 'a/5']);
    expect(second.IsTruncated).toBe(false);
    expect(second).not.toHaveProperty('NextContinuationToken');
  });

  test.each([{ ContinuationToken: 'made up' }, { MaxKeys: -1 }])(
    'fails when %j',
    async (request) => {
      const list = new ListObjectsV2Command({ Bucket: 'open', ...request });
      await expect(client.send(list)).rejects.toMatchObject({ name: 'InvalidArgument' });
    },
  );

  test('fails when a listing asks for what is not modelled, rather than ignoring it', async () => {
    const list = new ListObjectsV2Command({ Bucket: 'open', Delimiter: '/' });
    await expect(client.send(list)).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});

describe('The settings of a bucket', () => {
  test('show its default retention and the statement that refuses to overwrite', async () => {
    const { ObjectLockConfiguration: lock } = await client.send(
      new GetObjectLockConfigurationCommand({ Bucket: 'audit' }),
    );
    expect(lock).toEqual({
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 365 } },
    });
    const { Policy: policy = '' } = await client.send(
      new GetBucketPolicyCommand({ Bucket: 'audit' }),
    );
    expect(JSON.parse(policy)).toMatchObject({
      Statement: [
        {
          Effect: 'Deny',
          Action: 's3:PutObject',
          Resource: 'arn:aws:s3:::audit/*',
          Condition: { Null: { 's3:if-none-match': 'true' } },
        },
      ],
    });
  });

  test('fails when there is no lock, no policy or no bucket', async () => {
    const lock = (Bucket: string): Promise<unknown> =>
      client.send(new GetObjectLockConfigurationCommand({ Bucket }));
    await expect(lock('open')).rejects.toMatchObject({
      name: 'ObjectLockConfigurationNotFoundError',
    });
    await expect(lock('nowhere')).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(client.send(new GetBucketPolicyCommand({ Bucket: 'open' }))).rejects.toMatchObject(
      { name: 'NoSuchBucketPolicy' },
    );
  });
});
