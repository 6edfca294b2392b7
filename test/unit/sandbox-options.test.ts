import { commandList, readOptions } from '../../local/sandbox/options.ts';

describe('npm run sandbox', () => {
  test('starts PostgreSQL and Oracle when it is told nothing', () => {
    expect(readOptions([])).toEqual({
      wantsHelp: false,
      folder: undefined,
      topology: {
        engines: ['postgres', 'oracle'],
        oracleRolloverDays: 1,
        hasConnectionStrings: false,
      },
      command: undefined,
    });
  });

  test('takes other databases and ways to rotate', () => {
    const flags = ['--alternating-users', '--connection-strings', '--federated'];
    expect(readOptions(['--databases', 'mariadb, postgres', ...flags]).topology).toEqual({
      engines: ['mariadb', 'postgres'],
      oracleRolloverDays: 1,
      users: ['app_a', 'app_b'],
      hasConnectionStrings: true,
      ociAccess: 'federated',
    });
  });

  test('passes a command on', () => {
    expect(readOptions(['break', 'oci']).command).toBe('break oci');
  });

  test('names the commands of the databases that there are', () => {
    expect(commandList(['mysql', 'oracle']).match(/(?<=-- )\S+( \S+)?(?= {2})/g)).toEqual([
      'break oci',
      'break audit',
      'break oracle',
      'change-by-hand oracle',
      'change-by-hand oci',
      'leave-pending',
      'mend',
    ]);
  });

  test.each([
    [['--databases', 'db2'], 'expected some of postgres, oracle, mysql, mariadb, not "db2"'],
    [['--databases', ''], 'not ""'],
    [['--fast'], "Unknown option '--fast'"],
  ])('fails when an argument makes no sense: %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
