import { jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { makeOciVaultMirror } from '../../lambda/adapters/oci-vault.ts';
import { VaultRefusedError, VaultUnreachableError } from '../../lambda/domain/errors.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import type { Mirror } from '../../lambda/ports/mirror.ts';
import { JumpingClock } from '../../local/memory/jumping-clock.ts';
import { accessOf, apiKey, configOf, failureOf, mirrorAt } from './mirror-subjects.ts';

describe('the adapter of OCI Vault before something that is not OCI', () => {
  let proxy: Server;
  let mirror: Mirror;
  let answer: RequestListener;
  let paths: string[];

  beforeEach(async () => {
    paths = [];
    proxy = createServer((request, response) => {
      paths.push(request.url ?? '');
      answer(request, response);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const clock = new JumpingClock();
    const options = { clock, redactor: new Redactor(), key: await apiKey() };
    mirror = mirrorAt(url, { secretOcid: 'ocid1.test', ...options });
  });

  afterEach(() => {
    proxy.close();
    proxy.closeAllConnections();
  });

  test.each([
    [404, '<html>no such page: first-password</html>'],
    [403, '{"error":"first-password"}'],
    [200, '{"secretBundleContent": {"content": "first-password" oops'],
    [200, 'first-password oops'],
  ])('fails when the answer is not in the form of OCI: %d', async (status, body) => {
    answer = (_request, response) => response.writeHead(status).end(body);

    const failure = await failureOf(mirror.read({ stage: 'CURRENT' }));

    expect(failure).toBeInstanceOf(VaultUnreachableError);
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toMatch(/first-password|oops/);
  });

  test('fails when it is to go elsewhere, and does not go there', async () => {
    answer = (_request, response) => response.writeHead(307, { location: '/elsewhere' }).end();

    await expect(mirror.read({ stage: 'CURRENT' })).rejects.toThrow(VaultUnreachableError);

    expect(paths).not.toContain('/elsewhere');
  });

  test('reads every page of a list', async () => {
    const page = (numbers: readonly number[]): string =>
      JSON.stringify(numbers.map((versionNumber) => ({ versionNumber, stages: ['DEPRECATED'] })));
    answer = ({ url = '' }, response) => {
      if (!url.includes('/versions')) response.end('{"lifecycleState":"ACTIVE"}');
      else if (url.includes('page=next')) response.end(page([1]));
      else response.setHeader('opc-next-page', 'next').end(page([3, 2]));
    };

    const versions = await mirror.list();

    expect(versions.map((one) => one.number)).toEqual([3, 2, 1]);
  });

  test('calls the public addresses of the region where no others are given', async () => {
    const urls: string[] = [];
    const fetching = jest.spyOn(globalThis, 'fetch').mockImplementation((input) => {
      urls.push(new URL(input instanceof Request ? input.url : input).origin);
      const body = '{"code":"NotAuthorizedOrNotFound","message":"not found"}';
      return Promise.resolve(new Response(body, { status: 404 }));
    });
    const publicMirror = makeOciVaultMirror({
      config: configOf('ocid1.test'),
      access: accessOf(await apiKey()),
      budget: new TimeBudget(() => 60_000),
      clock: new JumpingClock(),
      redactor: new Redactor(),
    });

    await expect(publicMirror.read({ number: 1 })).rejects.toThrow(VaultRefusedError);
    fetching.mockRestore();

    expect(urls).toEqual([
      'https://secrets.vaults.eu-frankfurt-1.oci.oraclecloud.com',
      'https://vaults.eu-frankfurt-1.oci.oraclecloud.com',
    ]);
  });
});
