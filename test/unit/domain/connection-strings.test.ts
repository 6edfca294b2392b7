import { jest } from '@jest/globals';
import { createPool } from 'mysql2';
import pg from 'pg';
import {
  type ConnectionStrings,
  type ConnectionTarget,
  withConnectionStrings,
} from '../../../lambda/domain/connection-strings.ts';
import { Password } from '../../../lambda/domain/password.ts';

const postgres: ConnectionTarget = {
  name: 'orders-rds',
  engine: 'postgres',
  host: 'orders.example.com',
  port: 5432,
  database: 'orders',
};
const mysql: ConnectionTarget = { ...postgres, name: 'orders-mysql', engine: 'mysql', port: 3306 };
const mariadb: ConnectionTarget = { ...mysql, name: 'orders-mariadb', engine: 'mariadb' };
const oracle: ConnectionTarget = {
  name: 'orders-adb',
  engine: 'oracle',
  host: 'adb.example.com',
  port: 2484,
  serviceName: 'orders_tls.example.com',
};

/** What a person may have chosen: everything that means something in some string. */
const ODD = 'p@:/?#[]%41+ &=;\'"é!()*';

function stringsOf(
  target: ConnectionTarget,
  { username = 'app', password = 'Generated_password_0123456789x' } = {},
): ConnectionStrings {
  const credential = { username, password: new Password(password) };
  const { text } = withConnectionStrings([target], { credential });
  const { connectionStrings } = JSON.parse(text) as {
    connectionStrings: Record<string, ConnectionStrings>;
  };
  const strings = connectionStrings[target.name];
  if (strings === undefined) throw new Error('there are none');
  return strings;
}

describe('the document with connection strings', () => {
  test('is a secret document with the credential and the strings of every database', () => {
    const credential = { username: 'app', password: new Password('Generated_0') };

    const document = withConnectionStrings([postgres, oracle], { credential });

    expect(document.text).toBe(
      '{"username":"app","password":"Generated_0","connectionStrings":{' +
        '"orders-rds":{"url":"postgresql://app:Generated_0@orders.example.com:5432/orders?sslmode=verify-full",' +
        '"jdbc":"jdbc:postgresql://orders.example.com:5432/orders?user=app&password=Generated_0&sslmode=verify-full"},' +
        '"orders-adb":{"url":"oracle+oracledb://app:Generated_0@/?dsn=tcps%3A%2F%2Fadb.example.com%3A2484%2Forders_tls.example.com%3Fssl_server_dn_match%3Dyes",' +
        '"jdbc":"jdbc:oracle:thin:app/\\"Generated_0\\"@tcps://adb.example.com:2484/orders_tls.example.com?ssl_server_dn_match=yes",' +
        '"tns":"(DESCRIPTION=(ADDRESS=(PROTOCOL=TCPS)(HOST=adb.example.com)(PORT=2484))(CONNECT_DATA=(SERVICE_NAME=orders_tls.example.com))(SECURITY=(SSL_SERVER_DN_MATCH=yes)))"}}}',
    );
    expect(document.credential).toBe(credential);
    expect(document.fields['username']).toBe('app');
  });
});

describe('the connection strings of PostgreSQL', () => {
  test('write each character as libpq and pgJDBC read it', () => {
    expect(stringsOf(postgres, { username: 'a b', password: ODD })).toEqual({
      url: "postgresql://a%20b:p%40%3A%2F%3F%23%5B%5D%2541%2B%20%26%3D%3B'%22%C3%A9!()*@orders.example.com:5432/orders?sslmode=verify-full",
      jdbc: "jdbc:postgresql://orders.example.com:5432/orders?user=a%20b&password=p%40%3A%2F%3F%23%5B%5D%2541%2B%20%26%3D%3B'%22%C3%A9!()*&sslmode=verify-full",
    });
  });

  test('give pg the credential and verified TLS', () => {
    const { url } = stringsOf(postgres, { username: 'a b', password: ODD });

    const client = new pg.Client({ connectionString: url });

    expect(client).toMatchObject({
      user: 'a b',
      password: 'p@:/?#[]%41+ &=;\'"é!()*',
      host: 'orders.example.com',
      port: 5432,
      database: 'orders',
      ssl: {},
    });
  });

  test('put an IPv6 address in brackets', () => {
    expect(stringsOf({ ...postgres, host: '2001:db8::7' })).toEqual({
      url: 'postgresql://app:Generated_password_0123456789x@[2001:db8::7]:5432/orders?sslmode=verify-full',
      jdbc: 'jdbc:postgresql://[2001:db8::7]:5432/orders?user=app&password=Generated_password_0123456789x&sslmode=verify-full',
    });
  });
});

describe('the connection strings of MySQL', () => {
  test('write each character as MySQL and Connector/J read it', () => {
    expect(stringsOf(mysql, { password: ODD })).toEqual({
      url: "mysql://app:p%40%3A%2F%3F%23%5B%5D%2541%2B%20%26%3D%3B'%22%C3%A9!()*@orders.example.com:3306/orders?ssl-mode=VERIFY_IDENTITY",
      jdbc: "jdbc:mysql://orders.example.com:3306/orders?user=app&password=p%40%3A%2F%3F%23%5B%5D%2541%2B%20%26%3D%3B'%22%C3%A9!()*&sslMode=VERIFY_IDENTITY",
    });
  });

  test('give mysql2 the credential', async () => {
    const warning = jest.spyOn(console, 'error').mockImplementation(() => undefined);

    const pool = createPool(stringsOf(mysql, { username: 'a b', password: ODD }).url);

    expect(pool).toMatchObject({
      config: {
        connectionConfig: {
          user: 'a b',
          password: 'p@:/?#[]%41+ &=;\'"é!()*',
          host: 'orders.example.com',
          port: 3306,
          database: 'orders',
        },
      },
    });
    // It has a setting of its own for TLS, `ssl`, and says that it does not know the one of MySQL.
    expect(warning).toHaveBeenCalledWith(expect.stringContaining('ssl-mode'));
    warning.mockRestore();
    await pool.promise().end();
  });

  test.each([mysql, mariadb])('give a WHATWG parser the credential: $engine', (target) => {
    const url = new URL(stringsOf({ ...target, host: '2001:db8::7' }, { password: ODD }).url);

    expect(decodeURIComponent(url.password)).toBe('p@:/?#[]%41+ &=;\'"é!()*');
    expect([url.username, url.host, url.pathname]).toEqual([
      'app',
      '[2001:db8::7]:3306',
      '/orders',
    ]);
  });

  test('name no database where the configuration names none', () => {
    expect(stringsOf({ ...mysql, database: undefined })).toEqual({
      url: 'mysql://app:Generated_password_0123456789x@orders.example.com:3306/?ssl-mode=VERIFY_IDENTITY',
      jdbc: 'jdbc:mysql://orders.example.com:3306/?user=app&password=Generated_password_0123456789x&sslMode=VERIFY_IDENTITY',
    });
  });
});

describe('the connection strings of MariaDB', () => {
  test('leave the JDBC string as it is, because Connector/J decodes nothing', () => {
    expect(stringsOf(mariadb, { password: 'p@:/?#%41+ =é' })).toEqual({
      url: 'mariadb://app:p%40%3A%2F%3F%23%2541%2B%20%3D%C3%A9@orders.example.com:3306/orders?sslMode=verify-full',
      jdbc: 'jdbc:mariadb://orders.example.com:3306/orders?user=app&password=p@:/?#%41+ =é&sslMode=verify-full',
    });
  });

  test.each([
    ['a password with &', mariadb, { password: 'a&sslMode=disable' }],
    ['a user with &', mariadb, { username: 'app&sslMode=disable' }],
    ['a database with ?', { ...mariadb, database: 'orders?a=b' }, {}],
  ] as const)(
    'have no JDBC string that could say something else: %s',
    (_what, target, credential) => {
      expect(Object.keys(stringsOf(target, credential))).toEqual(['url']);
    },
  );
});

describe('the connection strings of Oracle', () => {
  test('put the password of the JDBC string in double quotes, and none in the descriptor', () => {
    expect(stringsOf(oracle, { password: 'p@:/?#%41+ &=' })).toEqual({
      url: 'oracle+oracledb://app:p%40%3A%2F%3F%23%2541%2B%20%26%3D@/?dsn=tcps%3A%2F%2Fadb.example.com%3A2484%2Forders_tls.example.com%3Fssl_server_dn_match%3Dyes',
      jdbc: 'jdbc:oracle:thin:app/"p@:/?#%41+ &="@tcps://adb.example.com:2484/orders_tls.example.com?ssl_server_dn_match=yes',
      tns: '(DESCRIPTION=(ADDRESS=(PROTOCOL=TCPS)(HOST=adb.example.com)(PORT=2484))(CONNECT_DATA=(SERVICE_NAME=orders_tls.example.com))(SECURITY=(SSL_SERVER_DN_MATCH=yes)))',
    });
  });

  test('have no JDBC string for a password with a double quote, which Oracle does not take', () => {
    expect(Object.keys(stringsOf(oracle, { password: 'a"@evil.example.com/' }))).toEqual([
      'url',
      'tns',
    ]);
  });

  test.each([
    ['APP', 'jdbc:oracle:thin:APP/"x"@tcps:'],
    ['"app"', 'jdbc:oracle:thin:"app"/"x"@tcps:'],
    ['app/b', 'jdbc:oracle:thin:"APP/B"/"x"@tcps:'],
  ])('name the user as Oracle knows it: %s', (username, start) => {
    expect(stringsOf(oracle, { username, password: 'x' }).jdbc?.startsWith(start)).toBe(true);
  });

  test('put an IPv6 address in brackets, but not in the descriptor', () => {
    const { jdbc, tns } = stringsOf({ ...oracle, host: '2001:db8::7' });

    expect(jdbc).toContain('@tcps://[2001:db8::7]:2484/');
    expect(tns).toContain('(HOST=2001:db8::7)(PORT=2484)');
  });
});

test('no connection string leaves TLS to the server', () => {
  const all = [postgres, mysql, mariadb, oracle].flatMap((target) =>
    Object.values<string | undefined>({ ...stringsOf(target) }),
  );

  expect(all).toHaveLength(9);
  for (const one of all) {
    expect(one).toMatch(
      /sslmode=verify-full|ssl-?mode=verify_identity|ssl_server_dn_match(=|%3D)yes/i,
    );
  }
});
