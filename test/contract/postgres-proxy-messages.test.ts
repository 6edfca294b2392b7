import { FrameReader } from '../../local/postgres/message-frames.ts';
import { PreparedStatements, statementName } from '../../local/postgres/statements.ts';

describe('the name of a statement', () => {
  test.each([
    ['SELECT 1', 'SELECT'],
    ['select session_user, current_user', 'SELECT'],
    ['BEGIN', 'BEGIN'],
    ['begin; ALTER ROLE app PASSWORD NULL', 'BEGIN'],
    ["alter role app password 'x'", 'ALTER ROLE'],
    ['ALTER\n  ROLE SESSION_USER', 'ALTER ROLE'],
    ['-- who am I\n/* and\nwhy */ SET LOCAL role TO none', 'SET LOCAL'],
    ['CREATE ROLE app', 'CREATE ROLE'],
    ['SHOW scram_iterations', 'SHOW'],
    ['COMMIT;', 'COMMIT'],
    ['COMMIT\0', 'COMMIT'],
    ['TABLE(x)', 'TABLE'],
    ['ALTER', 'ALTER'],
    ['', ''],
  ])('of %j is %j', (sql, name) => {
    expect(statementName(sql)).toBe(name);
  });
});

describe('messages in a stream', () => {
  test('come out whole, however the bytes arrive', () => {
    const bytes = Buffer.from('000000080003000051000000095445535400510000000441', 'hex');
    const reader = new FrameReader({ startsUntyped: true });
    const frames = [...bytes].flatMap((byte) => reader.push(Buffer.of(byte)));
    expect(frames.map(({ type, body }) => [type, body.toString('latin1')])).toEqual([
      ['', '\0\u0003\0\0'],
      ['Q', 'TEST\0'],
      ['Q', ''],
    ]);
    expect(reader.push(Buffer.from('00000004', 'hex')).map(({ type }) => type)).toEqual(['A']);
  });

  test('fails when a length cannot be', () => {
    const tooShort = new FrameReader({ startsUntyped: false });
    expect(() => tooShort.push(Buffer.from('5100000003', 'hex'))).toThrow('a message of 3 bytes');
    const tooLong = new FrameReader({ startsUntyped: false });
    expect(() => tooLong.push(Buffer.from('HTTP/1.1 400'))).toThrow('not the PostgreSQL protocol');
  });
});

describe('an Execute', () => {
  test('runs the text of the statement that its portal is bound to', () => {
    const statements = new PreparedStatements();
    const note = (type: string, body: string): string | undefined =>
      statements.note({ type, body: Buffer.from(body), bytes: Buffer.alloc(0) });
    expect(note('P', 'adds\0SELECT 1\0\0\0')).toBeUndefined();
    expect(note('P', '\0BEGIN\0\0\0')).toBeUndefined();
    expect(note('B', 'portal\0adds\0')).toBeUndefined();
    expect(note('B', '\0\0')).toBeUndefined();
    expect(note('E', 'portal\0\0\0\0\0')).toBe('SELECT 1');
    expect(note('E', '\0\0\0\0\0')).toBe('BEGIN');
    expect(note('E', 'unknown\0\0\0\0\0')).toBeUndefined();
  });
});
