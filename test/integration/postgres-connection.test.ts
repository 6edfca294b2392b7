import {
  DatabaseError,
  DatabaseTlsError,
  DatabaseUnreachableError,
  NotPermittedError,
} from '../../lambda/domain/errors.ts';
import { CertificateAuthority } from '../../local/certificate-authority.ts';
import { FIRST } from '../contract/database-contract.ts';
import { credential, failureOf, open } from './database-logins.ts';
import { Time } from './database-time.ts';
import { Listener } from './listener.ts';
import type { PostgresBed } from './postgres-bed.ts';
import { usePostgres } from './shared-postgres.ts';

let bed: PostgresBed;

usePostgres((shared) => {
  bed = shared;
});

describe('TLS', () => {
  test('opens a server by address when its certificate is for the configured name', async () => {
    const username = await bed.makeRole();
    const identity = await bed.ca.issue({ commonName: 'db', hosts: ['db.example'] });
    const named = await bed.startProxy({ identity });
    try {
      for (const host of ['127.0.0.1', 'localhost']) {
        const config = { host, port: named.port, serverName: 'db.example' };
        await (await open(bed.makeDatabase({ config }), username)).close();
        const error = await failureOf(
          bed
            .makeDatabase({ config: { ...config, serverName: 'other.example' } })
            .login(credential(username)),
        );
        expect(error).toBeInstanceOf(DatabaseTlsError);
      }
      const unnamed = bed.makeDatabase({ config: { port: named.port } });
      await expect(unnamed.login(credential(username))).rejects.toThrow(
        /not accepted \(ERR_TLS_CERT_ALTNAME_INVALID\)/,
      );
    } finally {
      await named.close();
    }
  });

  test('fails when the certificate is of another CA, and when it is of no public one', async () => {
    const other = await CertificateAuthority.create('Another CA');
    for (const trusted of [other.certificatePem, undefined]) {
      const error = await failureOf(bed.makeDatabase({ ca: trusted }).login(credential('app')));
      expect(error).toBeInstanceOf(DatabaseTlsError);
      expect(error.message).toContain("the server's certificate was not accepted");
    }
  });

  test('fails when the certificate has expired', async () => {
    const notAfter = new Date('2025-01-01T00:00:00Z');
    const expired = await bed.ca.issue({ commonName: 'db', hosts: ['localhost'], notAfter });
    const listener = await Listener.start({ answer: 'S', identity: expired });
    await expect(
      bed.makeDatabase({ config: { port: listener.port } }).login(credential('app')),
    ).rejects.toThrow("rds: the server's certificate was not accepted (CERT_HAS_EXPIRED)");
    await listener.close();
    expect(listener.seen).toBe('');
  });

  test('fails when the server has no TLS, and sends it nothing but the question', async () => {
    const listener = await Listener.start({ answer: 'N' });
    const error = await failureOf(
      bed.makeDatabase({ config: { port: listener.port } }).login(credential('app')),
    );
    await listener.close();
    expect(error).toBeInstanceOf(DatabaseTlsError);
    expect(error.message).toContain('the server offers no TLS');
    expect(listener.seen).toBe('');
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'sends nothing to a server that %s does not verify',
    async (version) => {
      const other = await CertificateAuthority.create('Another CA');
      const impostor = await other.issue({ commonName: 'db', hosts: ['localhost'] });
      const listener = await Listener.start({
        answer: 'S',
        identity: impostor,
        tlsVersionMax: version,
      });
      await expect(
        bed.makeDatabase({ config: { port: listener.port } }).login(credential('app')),
      ).rejects.toThrow(DatabaseTlsError);
      await listener.close();
      expect(listener.seen).toBe('');
    },
  );
});

describe('a server that gives no usable answer', () => {
  test('fails when nothing listens, and when the name does not exist', async () => {
    for (const config of [{ port: 1 }, { host: 'nowhere.invalid' }]) {
      await expect(bed.makeDatabase({ config }).login(credential('app'))).rejects.toThrow(
        DatabaseUnreachableError,
      );
    }
  });

  test('fails when the server accepts the connection and stays silent, after the time it has', async () => {
    const listener = await Listener.start();
    const database = bed.makeDatabase({
      config: { port: listener.port },
      time: new Time().leave(300),
    });
    await expect(database.login(credential('app'))).rejects.toThrow(DatabaseUnreachableError);
    await listener.close();
  });

  test('fails when the server falls silent at the logon, after the time it has', async () => {
    const { database, faults, close } = await bed.makeFaulty({ time: new Time().leave(300) });
    faults.add({ call: 'postgres:logon', fault: { kind: 'hang' } });
    await expect(database.login(credential(await bed.makeRole()))).rejects.toThrow(
      DatabaseUnreachableError,
    );
    await close();
  });

  test('fails when a statement is not answered in time, and closes at once', async () => {
    const time = new Time();
    const { database, faults, close } = await bed.makeFaulty({ time });
    const session = await open(database, await bed.makeRole());
    time.leave(300);
    faults.add({ call: 'postgres:query:SELECT', fault: { kind: 'hang' } });
    await expect(session.check()).rejects.toThrow(DatabaseUnreachableError);
    const startedAtMs = performance.now();
    await session.close();
    expect(performance.now() - startedAtMs).toBeLessThan(400);
    await close();
  });

  test.each([
    ['57P03', DatabaseUnreachableError],
    ['53300', DatabaseUnreachableError],
    ['28000', NotPermittedError],
    ['08P01', DatabaseError],
    ['XX000', DatabaseError],
  ])('tells a login that is answered with SQLSTATE %s by its kind', async (code, kind) => {
    const { database, faults, close } = await bed.makeFaulty();
    const fault = { kind: 'refuse', code, message: 'SASL authentication failed' } as const;
    faults.add({ call: 'postgres:connect', fault });
    await expect(database.login(credential('app'))).rejects.toThrow(kind);
    await close();
  });

  test('fails when the database does not exist', async () => {
    const database = bed.makeDatabase({ config: { database: 'nothing' } });
    const error = await failureOf(database.login(credential(await bed.makeRole())));
    expect(error).toBeInstanceOf(DatabaseError);
    expect(error.message).toContain('there is no such database on the server');
  });
});

test('is influenced by no variable of the environment', async () => {
  const username = await bed.makeRole();
  const before = { ...process.env };
  Object.assign(process.env, {
    PGHOST: 'nowhere.invalid',
    PGPORT: '1',
    PGUSER: 'postgres',
    PGPASSWORD: 'from-the-environment',
    PGDATABASE: 'nothing',
    PGSSLMODE: 'no-verify',
    PGSSLNEGOTIATION: 'direct',
    PGOPTIONS: '-c role=nobody',
    PGREPLICATION: 'database',
    PGAPPNAME: 'another',
    PGCONNECT_TIMEOUT: '1',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
  });
  try {
    const session = await open(bed.makeDatabase(), username);
    await session.check();
    await session.close();
    await expect(bed.makeDatabase().login(credential(username, ''))).rejects.toThrow(DatabaseError);
    await expect(bed.makeDatabase().login(credential('', FIRST))).rejects.toThrow(DatabaseError);
    const untrusting = bed.makeDatabase({ ca: undefined });
    await expect(untrusting.login(credential(username))).rejects.toThrow(DatabaseTlsError);
  } finally {
    process.env = before;
  }
});
