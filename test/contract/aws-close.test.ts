import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const SERVER = new URL('../../local/aws/aws-server.ts', import.meta.url).href;
const FAULTS = new URL('../../local/faults.ts', import.meta.url).href;

/** A call delayed by an hour, one that hangs, a rotation that pauses for an hour; then close. */
const PROGRAM = `
  import { startAwsServer } from '${SERVER}';
  import { FaultPlan } from '${FAULTS}';
  const hourMs = 3_600_000;
  const faults = new FaultPlan()
    .add({ call: 'ssm:GetParameter', fault: { kind: 'delay', delayMs: hourMs } })
    .add({ call: 's3:GetObject', fault: { kind: 'hang' } });
  let pause;
  const paused = new Promise((resolve) => (pause = resolve));
  const aws = await startAwsServer({
    faults,
    rotation: {
      invoke: () => Promise.reject(new Error('away')),
      retryDelayMs: hourMs,
      listener: ({ kind }) => kind === 'stepFailed' && setImmediate(pause),
    },
  });
  const versionId = '00000000-0000-4000-8000-000000000002';
  aws.secretsManager.createSecret({ Name: 'app', ClientRequestToken: versionId });
  aws.rotations.rotateSecret({
    SecretId: 'app',
    ClientRequestToken: versionId,
    RotationLambdaARN: 'arn:aws:lambda',
  });
  const headers = { 'x-amz-target': 'AmazonSSM.GetParameter' };
  const calls = [
    fetch(aws.urls.ssm, { method: 'POST', headers, body: '{}' }),
    fetch(aws.urls.s3 + '/audit/a/1'),
  ];
  const ends = Promise.allSettled(calls);
  await paused;
  while (faults.calls.length < 2) await new Promise((resolve) => setImmediate(resolve));
  await aws.close();
  const again = await fetch(aws.urls.ssm).catch((error) => error.cause.code);
  const statuses = (await ends).map((end) => end.status);
  console.log(JSON.stringify([statuses, again, await aws.rotations.settled(versionId)]));
`;

test('After close nothing keeps the process alive, whatever was under way', async () => {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', PROGRAM];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
  expect(JSON.parse(stdout)).toEqual([
    ['rejected', 'rejected'],
    'ECONNREFUSED',
    { status: 'abandoned', reason: 'closed' },
  ]);
});
