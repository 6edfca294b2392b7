import { checkEnvironment, parseFunctionArn } from '../../local/lambda/function-environment.ts';
import { LocalLambda } from '../../local/lambda/local-lambda.ts';

const IDENTITY = {
  functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:rotates-app',
  handler: 'index.handler',
  memoryMb: 512,
  logGroup: '/aws/lambda/rotates-app',
};

describe('the environment of a function', () => {
  test.each([
    [{}],
    [{ LOCKSTEP_ROTATION: '{}', NODE_OPTIONS: '--enable-source-maps', TZ: 'UTC', PATH: '/bin' }],
    [{ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_SESSION_TOKEN: 'c' }],
    [{ AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:1', AWS_REGION: 'eu-west-1' }],
  ])('may hold %j', (variables) => {
    expect(() => {
      checkEnvironment(IDENTITY, variables);
    }).not.toThrow();
  });

  test.each([
    [{ AWS_REGION: 'us-east-1' }, 'AWS_REGION'],
    [{ _HANDLER: 'other.handler' }, '_HANDLER'],
    [{ AWS_LAMBDA_FUNCTION_NAME: 'other', OWN: 'x' }, 'AWS_LAMBDA_FUNCTION_NAME'],
    [{ LAMBDA_TASK_ROOT: '/', AWS_LAMBDA_RUNTIME_API: 'x' }, 'LAMBDA_TASK_ROOT, AWS_LAMBDA_'],
    [{ AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' }, 'AWS_EXECUTION_ENV'],
  ])('fails when it holds %j', (variables, names) => {
    expect(() => {
      checkEnvironment(IDENTITY, variables);
    }).toThrow(`only Lambda itself sets ${names}`);
  });

  test('fails when it has more than 4 KB', () => {
    // {"NAME":"..."} is eleven bytes around the value.
    expect(() => {
      checkEnvironment(IDENTITY, { NAME: 'x'.repeat(4085) });
    }).not.toThrow();
    expect(() => {
      checkEnvironment(IDENTITY, { NAME: 'x'.repeat(4086) });
    }).toThrow('the environment has 4097 bytes, and Lambda takes 4096 at most');
  });

  test('is looked at before anything starts', () => {
    const options = { ...IDENTITY, taskRoot: '/nowhere', timeoutMs: 1000 };
    expect(() =>
      LocalLambda.start({ ...options, environment: { AWS_REGION: 'us-east-1' } }),
    ).toThrow('only Lambda itself sets AWS_REGION');
  });
});

describe('the ARN of a function', () => {
  test('says where and what it is', () => {
    expect(parseFunctionArn('arn:aws-cn:lambda:cn-north-1:111122223333:function:a_B-1')).toEqual({
      region: 'cn-north-1',
      functionName: 'a_B-1',
    });
  });

  test.each([
    'rotates-app',
    'arn:aws:lambda:eu-west-1:1:function:rotates-app',
    'arn:aws:lambda:eu-west-1:111122223333:function:rotates-app:7',
    'arn:aws:s3:eu-west-1:111122223333:function:rotates-app',
  ])('fails when it is %s', (functionArn) => {
    expect(() => parseFunctionArn(functionArn)).toThrow('not the ARN of a Lambda function');
  });
});
