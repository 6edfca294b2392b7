import { jest } from '@jest/globals';
import { DatabaseTlsError } from '../../lambda/domain/errors.ts';
import { CertificateAuthority } from '../../local/certificate-authority.ts';
import { FLAVOURS } from '../../local/mysql/flavours.ts';
import { errPacket } from '../../local/mysql/packets.ts';
import { FIRST } from '../contract/database-contract.ts';
import { credential, failureOf, open } from '../integration/database-logins.ts';
import { ALL_BUT_TLS, ALL_CAPABILITIES, greeting, Impostor, Meddler, packet } from './impostor.ts';
import { MysqlBed } from './mysql-bed.ts';
import { describeWithServer } from './mysql-server-bench.ts';

const OK = Buffer.from([0, 0, 0, 2, 0, 0, 0]);

for (const flavour of FLAVOURS) {
  await describeWithServer(flavour, `TLS with ${flavour}`, () => {
    let bed: MysqlBed;
    let closings: (() => Promise<void>)[] = [];

    beforeAll(async () => {
      bed = await MysqlBed.make(flavour);
    });

    afterEach(async () => {
      for (const close of closings) await close();
      closings = [];
    });

    afterAll(async () => {
      await bed.close();
    });

    async function makeFaulty(identity = bed.identity): ReturnType<MysqlBed['makeFaulty']> {
      const faulty = await bed.makeFaulty(identity);
      closings.push(faulty.close);
      return faulty;
    }

    async function makeImpostor(...packets: readonly Buffer[]): Promise<Impostor> {
      const impostor = await Impostor.start(...packets);
      closings.push(async () => {
        await impostor.close();
      });
      return impostor;
    }

    test('opens the server by name and by address', async () => {
      for (const host of ['localhost', '127.0.0.1']) {
        await (await open(bed.makeDatabase({ config: { host } }), 'app')).close();
      }
    });

    test.each(['db.example', '::1', '10.1.2.3'])(
      'opens a server whose certificate is for the configured name %s',
      async (serverName) => {
        const identity = await bed.ca.issue({ commonName: 'db', hosts: [serverName] });
        const { port } = await makeFaulty(identity);
        for (const host of ['127.0.0.1', 'localhost']) {
          await (
            await open(bed.makeDatabase({ config: { host, port, serverName } }), 'app')
          ).close();
        }
      },
    );

    test.each([
      ['another name', ['db.example'], 'localhost', 'other.example'],
      ['another name than the host', ['db.example'], 'localhost', undefined],
      // By itself the driver would compare with localhost.
      ['localhost, where the host is an address', ['localhost'], '127.0.0.1', undefined],
      ['localhost, where the name is an address', ['localhost'], 'localhost', '127.0.0.1'],
      ['another address', ['127.0.0.2'], '127.0.0.1', undefined],
    ])(
      'fails when the certificate is for %s, before any login',
      async (_what, hosts, host, serverName) => {
        const { port, faults } = await makeFaulty(await bed.ca.issue({ commonName: 'db', hosts }));
        const config = { host, port, ...(serverName !== undefined && { serverName }) };
        const error = await failureOf(bed.makeDatabase({ config }).login(credential('app')));
        expect(error).toBeInstanceOf(DatabaseTlsError);
        expect(error.message).toContain("the server's certificate was not accepted");
        expect(String(error.cause)).toContain("does not match certificate's altnames");
        expect(faults.calls).toEqual([`${flavour}:connect`]);
      },
    );

    test('fails when the certificate is of another CA, and when it is of no public one', async () => {
      const other = await CertificateAuthority.create('Another CA');
      const { port, faults } = await makeFaulty();
      for (const ca of [other.certificatePem, undefined]) {
        const error = await failureOf(
          bed.makeDatabase({ ca, config: { port } }).login(credential('app')),
        );
        expect(error).toBeInstanceOf(DatabaseTlsError);
        expect(error.message).toContain("the server's certificate was not accepted");
      }
      expect(faults.calls).toEqual([`${flavour}:connect`, `${flavour}:connect`]);
    });

    test('fails when the certificate has expired', async () => {
      const notAfter = new Date('2025-01-01T00:00:00Z');
      const identity = await bed.ca.issue({ commonName: 'db', hosts: ['localhost'], notAfter });
      const { port, faults } = await makeFaulty(identity);
      const error = await failureOf(
        bed.makeDatabase({ config: { port } }).login(credential('app')),
      );
      expect(error).toBeInstanceOf(DatabaseTlsError);
      expect(String(error.cause)).toContain('certificate has expired');
      expect(faults.calls).toEqual([`${flavour}:connect`]);
    });

    test('verifies the certificate whatever the environment says', async () => {
      const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
      try {
        const untrusting = bed.makeDatabase({ ca: undefined });
        await expect(untrusting.login(credential('app'))).rejects.toThrow(DatabaseTlsError);
      } finally {
        if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
        else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
      }
    });

    test('fails when the server has no TLS, and says nothing to it', async () => {
      const impostor = await makeImpostor(greeting(ALL_BUT_TLS));
      const error = await failureOf(
        bed.makeDatabase({ config: { port: impostor.port } }).login(credential('app')),
      );
      expect(error).toBeInstanceOf(DatabaseTlsError);
      expect(error.message).toContain('the server offers no TLS');
      expect(impostor.seen).toHaveLength(0);
    });

    test.each([
      ['that it is right, after the greeting', [greeting(ALL_CAPABILITIES), packet(2, OK)]],
      [
        'that it is wrong, after the greeting',
        [greeting(ALL_CAPABILITIES), errPacket({ sequence: 2, number: 1045, message: 'Denied' })],
      ],
      ['that it is wrong', [errPacket({ sequence: 0, number: 1045, message: 'Denied' })]],
      ['that the account is locked', [errPacket({ sequence: 0, number: 3118, message: 'Locked' })]],
      [
        'that it wants the password by another method',
        [
          greeting(ALL_CAPABILITIES),
          packet(2, Buffer.from('\u00femysql_clear_password\0', 'latin1')),
        ],
      ],
    ])('fails when somebody says of a login %s, before TLS', async (_what, packets) => {
      const impostor = await makeImpostor(...packets);
      const error = await failureOf(
        bed.makeDatabase({ config: { port: impostor.port } }).login(credential('app')),
      );
      expect(error).toBeInstanceOf(DatabaseTlsError);
      expect(error.message).toContain('the login was answered before the connection was safe');
      expect(impostor.seen.includes(FIRST)).toBe(false);
      expect(impostor.seen.includes('app')).toBe(false);
    });

    test.each([
      [
        'another method',
        Buffer.from('\u00femysql_native_password\0' + '0123456789abcdefghij\0', 'latin1'),
      ],
      ['an answer', OK],
    ])('believes no refusal of the server after somebody else said %s', async (_what, words) => {
      const meddler = await Meddler.start(bed.server.port, packet(2, words));
      closings.push(async () => {
        await meddler.close();
      });
      // The driver remarks on it.
      const remarks = jest.spyOn(console, 'error').mockImplementation(() => undefined);
      const login = bed.makeDatabase({ config: { port: meddler.port } }).login(credential('app'));
      await expect(login).rejects.toThrow(DatabaseTlsError);
      remarks.mockRestore();
    });
  });
}
