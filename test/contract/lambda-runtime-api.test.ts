import { RuntimeApi } from '../../local/lambda/runtime-api.ts';

const INVOCATION = {
  requestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
  deadlineMs: 1542409706888,
  functionArn: 'arn:aws:lambda:us-east-2:123456789012:function:custom-runtime',
  traceId: 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1',
  payload: '{"Step":"createSecret"}',
};

describe('the Runtime API', () => {
  let api: RuntimeApi;
  let base: string;

  beforeEach(async () => {
    api = await RuntimeApi.start();
    base = `http://${api.address}/2018-06-01/runtime`;
  });

  afterEach(async () => {
    await api.close();
  });

  async function post(path: string, body: string): Promise<number> {
    const response = await fetch(`${base}/${path}`, { method: 'POST', body });
    await response.arrayBuffer();
    return response.status;
  }

  test('keeps a runtime waiting until there is an invocation, then hands it over whole', async () => {
    const next = fetch(`${base}/invocation/next`);
    await api.idle();
    const result = api.invoke(INVOCATION);
    const response = await next;
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'lambda-runtime-aws-request-id': '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
      'lambda-runtime-deadline-ms': '1542409706888',
      'lambda-runtime-invoked-function-arn':
        'arn:aws:lambda:us-east-2:123456789012:function:custom-runtime',
      'lambda-runtime-trace-id':
        'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1',
    });
    await expect(response.text()).resolves.toBe('{"Step":"createSecret"}');
    expect(api.isBusy).toBe(true);
    await expect(post(`invocation/${INVOCATION.requestId}/response`, '"done"')).resolves.toBe(202);
    await expect(result).resolves.toBe('"done"');
    expect(api.isBusy).toBe(false);
  });

  test('keeps an invocation waiting until there is a runtime', async () => {
    const failure = expect(api.invoke(INVOCATION)).rejects.toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'no',
      trace: ['TypeError: no'],
    });
    const response = await fetch(`${base}/invocation/next`);
    await expect(response.json()).resolves.toEqual({ Step: 'createSecret' });
    const error = '{"errorType":"TypeError","errorMessage":"no","trace":["TypeError: no"]}';
    await expect(post(`invocation/${INVOCATION.requestId}/error`, error)).resolves.toBe(202);
    await failure;
  });

  test('fails when the runtime answers for another invocation, or twice', async () => {
    await expect(post('invocation/none/response', '1')).resolves.toBe(400);
    const result = api.invoke(INVOCATION);
    await (await fetch(`${base}/invocation/next`)).arrayBuffer();
    await expect(post('invocation/another/response', '1')).resolves.toBe(400);
    await expect(post(`invocation/${INVOCATION.requestId}/response`, '2')).resolves.toBe(202);
    await expect(post(`invocation/${INVOCATION.requestId}/response`, '3')).resolves.toBe(400);
    await expect(result).resolves.toBe('2');
  });

  test('fails when the response has a byte too many', async () => {
    const path = `invocation/${INVOCATION.requestId}/response`;
    const largest = api.invoke(INVOCATION);
    await expect(post(path, 'x'.repeat(6_291_556))).resolves.toBe(202);
    await expect(largest).resolves.toHaveLength(6_291_556);
    const tooLarge = api.invoke(INVOCATION);
    const [status] = await Promise.all([
      post(path, 'x'.repeat(6_291_557)),
      expect(tooLarge).rejects.toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' }),
    ]);
    expect(status).toBe(413);
  });

  test('fails when the runtime says that it could not start', async () => {
    const idle = expect(api.idle()).rejects.toMatchObject({ errorType: 'Runtime.Odd' });
    await expect(post('init/error', '{"errorType":"Runtime.Odd"}')).resolves.toBe(202);
    await idle;
  });

  test('fails when there is no such path', async () => {
    await expect(post('invocation/next', '')).resolves.toBe(404);
    await expect(post('restore/error', '{}')).resolves.toBe(404);
  });

  test('lets a waiting runtime go when it closes', async () => {
    const next = fetch(`${base}/invocation/next`);
    await api.idle();
    await Promise.all([expect(next).rejects.toThrow('fetch failed'), api.close()]);
    api = await RuntimeApi.start();
  });
});
