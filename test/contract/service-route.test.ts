import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { promisify } from 'node:util';
import { ServiceRoute } from '../../lambda/adapters/service-route.ts';
import { TimeBudget } from '../../lambda/domain/time-budget.ts';
import { CertificateAuthority } from '../../local/certificate-authority.ts';

const ROUTE = path.join(import.meta.dirname, '../../lambda/adapters/service-route.ts');
const BUDGET = path.join(import.meta.dirname, '../../lambda/domain/time-budget.ts');

let server: Server | undefined;
let sockets: Socket[];

beforeEach(() => {
  sockets = [];
});

afterEach(async () => {
  const open = server;
  server = undefined;
  for (const socket of sockets) socket.destroy();
  if (open?.listening === true) await new Promise((resolve) => open.close(resolve));
});

async function listen(on: Server): Promise<number> {
  server = on;
  on.on('connection', (socket: Socket) => sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => on.listen(0, '127.0.0.1', resolve));
  return (on.address() as AddressInfo).port;
}

function routeTo(url: string, remainingMs = 60_000): ServiceRoute {
  return new ServiceRoute({ url: new URL(url), budget: new TimeBudget(() => remainingMs) });
}

/** Where nothing listens any more. */
async function closedPort(): Promise<number> {
  const port = await listen(createTcpServer());
  await new Promise((resolve) => server?.close(resolve));
  return port;
}

describe('The way to a service', () => {
  test('is there where something listens, and nothing is sent on it', async () => {
    const received: Buffer[] = [];
    const port = await listen(
      createTcpServer((socket) => socket.on('data', (data) => received.push(data))),
    );
    const route = routeTo(`http://127.0.0.1:${port}`);
    expect(route.subject).toBe(`127.0.0.1:${port}`);
    await expect(route.probe()).resolves.toBeUndefined();
    expect(received).toEqual([]);
  });

  test('has the port of its protocol where none is said', () => {
    expect(routeTo('https://ssm.eu-west-1.amazonaws.com').subject).toBe(
      'ssm.eu-west-1.amazonaws.com:443',
    );
  });

  test('fails when nothing listens, with what to look at', async () => {
    await expect(routeTo(`https://127.0.0.1:${await closedPort()}`).probe()).rejects.toMatchObject({
      name: 'VaultUnreachableError',
      message: expect.stringContaining('there is no connection (ECONNREFUSED)') as string,
      remedy: expect.stringContaining('security groups') as string,
    });
  });

  test('fails when the name is not known, with what to look at', async () => {
    await expect(routeTo('https://nowhere.invalid').probe()).rejects.toMatchObject({
      message: expect.stringMatching(/there is no connection \((ENOTFOUND|EAI_AGAIN)\)/) as string,
      remedy: expect.stringContaining('enableDnsSupport') as string,
    });
  });

  test('fails when nothing answers in time', async () => {
    const port = await listen(createTcpServer());
    const startedMs = performance.now();
    await expect(routeTo(`https://127.0.0.1:${port}`, 1_500).probe()).rejects.toMatchObject({
      message: expect.stringContaining('there is no connection (ETIMEDOUT)') as string,
    });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  test('fails when a certificate is shown that nobody vouches for', async () => {
    const authority = await CertificateAuthority.create('Example firewall');
    const identity = await authority.issue({ commonName: 'localhost', hosts: ['localhost'] });
    const { certificatePem: cert, privateKeyPem: key } = identity;
    const port = await listen(createTlsServer({ cert, key }));
    await expect(routeTo(`https://localhost:${port}`).probe()).rejects.toMatchObject({
      message: expect.stringContaining('its certificate is refused') as string,
      remedy: expect.stringContaining('let the proxy or firewall pass this host') as string,
    });
  });

  test('is there where the certificate is trusted', async () => {
    const authority = await CertificateAuthority.create('Example trust');
    const identity = await authority.issue({ commonName: 'localhost', hosts: ['localhost'] });
    const { certificatePem: cert, privateKeyPem: key } = identity;
    const port = await listen(createTlsServer({ cert, key }));
    const folder = await mkdtemp(path.join(tmpdir(), 'lockstep-'));
    const ca = path.join(folder, 'ca.pem');
    await writeFile(ca, authority.certificatePem);
    // Node reads its further authorities once, when it starts.
    const script = `
      const { ServiceRoute } = await import(${JSON.stringify(ROUTE)});
      const { TimeBudget } = await import(${JSON.stringify(BUDGET)});
      const budget = new TimeBudget(() => 60_000);
      await new ServiceRoute({ url: new URL('https://localhost:${port}'), budget }).probe();
      console.log('reached');`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', script],
      { env: { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: ca }, timeout: 30_000 },
    );
    await rm(folder, { recursive: true });
    expect(stdout).toBe('reached\n');
  });
});
