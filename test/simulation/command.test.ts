import { spawnSync } from 'node:child_process';
import { readOptions } from '../../local/simulation/options.ts';
import { phasesOf } from '../../local/simulation/work.ts';

function simulate(...args: readonly string[]): {
  status: number | null;
  stdout: string;
  stderr: string;
} {
  const command = ['--import', 'tsx', 'local/simulation/main.ts', ...args];
  return spawnSync(process.execPath, command, { encoding: 'utf8' });
}

describe('npm run simulation', () => {
  test('ends with one line that counts, and status 0 where every promise holds', () => {
    const { status, stdout } = simulate(
      ...['--world', 'postgres-oracle', '--plan', '0:loseRequest,40:die'],
    );
    expect(stdout).toBe('simulation: 1 runs, 2 faults injected, 0 violations\n');
    expect(status).toBe(0);
  });

  test('gives one JSON object on standard output, and the rest on standard error', () => {
    const { stdout, stderr } = simulate(
      ...['--world', 'alternating-users', '--plan', '3:refuse', '--json'],
    );
    expect(JSON.parse(stdout)).toMatchObject({ runs: 1, incidents: 1, violations: [] });
    expect(stderr).toBe('simulation: 1 runs, 1 faults injected, 0 violations\n');
  });

  test('plays random runs alone, in a thread', () => {
    const { status, stdout } = simulate(
      ...['--random', '--runs', '30', '--seed', '11', '--world', 'alternating-users'],
    );
    expect(stdout).toMatch(/random runs from seed 11 .*30 runs/);
    expect(stdout).toMatch(/simulation: 30 runs, \d+ faults injected, 0 violations\n$/);
    expect(status).toBe(0);
  });

  test('does the singles, the pairs and the random runs in this order', () => {
    const options = readOptions(['--quick', '--world', 'alternating-users', '--seed', '11']);
    expect(phasesOf(options).map(({ says }) => says)).toEqual([
      'every single fault',
      'a fiftieth of the pairs of faults',
      'random runs from seed 11',
    ]);
  });

  test('says how it is used', () => {
    expect(simulate('--help').stdout).toMatch(/^npm run simulation -- \[options\]/);
  });

  test.each([
    [['--seed', 'x'], '--seed expects a whole number up to 4294967295, not "x"'],
    [['--world', 'moon'], 'expected one of postgres-oracle, '],
    [['--plan', '1:die'], '--plan needs --world'],
    [['--world', 'mariadb-oracle', '--plan', '1:bang'], 'expected a part such as 12:loseReply'],
    [['--story', 'never'], 'expected one of first, soon, later, not "never"'],
  ])('fails when an argument makes no sense: %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });

  test('fails with status 2 when an argument is unknown', () => {
    expect(simulate('--fast')).toMatchObject({ status: 2, stdout: '' });
  });
});
