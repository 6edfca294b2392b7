import { readHashes, requireTakesHashes } from '../../lambda/adapters/mariadb-account.ts';
import { MysqlConnection, type Row } from '../../lambda/adapters/mysql-connection.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';

const READ_ONLY = 'SELECT @@GLOBAL.read_only';

/** A connection whose server has one answer to each question. */
class Answering extends MysqlConnection {
  readonly #answers: Readonly<Record<string, Row>>;
  readonly #otherwise: Row;

  constructor(answers: Readonly<Record<string, Row>>, otherwise: Row) {
    super({} as ConstructorParameters<typeof MysqlConnection>[0]);
    this.#answers = answers;
    this.#otherwise = otherwise;
  }

  override async query(sql: string): Promise<readonly Row[]> {
    return await Promise.resolve([this.#answers[sql] ?? this.#otherwise]);
  }
}

function context(): { subject: string; redactor: Redactor } {
  return { subject: 'rds', redactor: new Redactor() };
}

test.each([0, '0', 'OFF'])('takes a server for writable that says %j', async (readOnly) => {
  const connection = new Answering({ [READ_ONLY]: [readOnly] }, [1]);
  await expect(requireTakesHashes(connection, context())).resolves.toBeUndefined();
});

test.each([1, 'ON', 'NO_LOCK', 'NO_LOCK_NO_ADMIN'])(
  'fails when the server says %j of being read-only',
  async (readOnly) => {
    const connection = new Answering({ [READ_ONLY]: [readOnly] }, [1]);
    await expect(requireTakesHashes(connection, context())).rejects.toMatchObject({
      name: 'DatabaseError',
      message: expect.stringContaining('the server is read-only') as string,
    });
  },
);

test('fails when a validation plugin wants passwords in clear', async () => {
  const connection = new Answering({ [READ_ONLY]: [0] }, [0]);
  await expect(requireTakesHashes(connection, context())).rejects.toMatchObject({
    name: 'NotPermittedError',
    remedy: expect.stringContaining('strict_password_validation = OFF') as string,
  });
});

test('fails when the server describes the account in an unknown way, and shows nothing of it', async () => {
  const connection = new Answering({}, ["CREATE USER `app`@`%` IDENTIFIED AS 'stored-example'"]);
  const reading = readHashes(connection, { user: 'app', host: '%' }, context());
  await expect(reading).rejects.toMatchObject({
    name: 'DatabaseError',
    message: expect.not.stringContaining('stored-example') as string,
  });
});

test('lets the redactor know what the server stores of passwords', async () => {
  const one = '*CE48A6763913E3A87BEADCB19358DF4BFBF208B2';
  const told = context();
  const connection = new Answering({}, [
    `CREATE USER \`app\`@\`%\` IDENTIFIED BY PASSWORD '${one}'`,
  ]);
  await expect(readHashes(connection, { user: 'app', host: '%' }, told)).resolves.toEqual([one]);
  expect(told.redactor.clean(`it is ${one}`)).toBe('it is [redacted]');
});
