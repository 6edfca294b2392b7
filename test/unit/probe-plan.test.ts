import { parseProbeArguments, USAGE } from '../../local/probe/probe-arguments.ts';
import { planRotations } from '../../local/probe/rotation-kind.ts';
import { STRATEGIES, without } from '../../local/probe/strategy.ts';

describe('the plan of the rotations', () => {
  test('has a fault in every other one, the first included', () => {
    expect(planRotations(4)).toEqual(['crash after setSecret', 'clean', 'abandoned', 'clean']);
  });

  test('has every fault among twenty', () => {
    const kinds = planRotations(20);
    expect(kinds).toHaveLength(20);
    expect([...new Set(kinds)].sort()).toEqual([
      'abandoned',
      'clean',
      'crash after createSecret',
      'crash after finishSecret',
      'crash after setSecret',
      'crash after testSecret',
      'setSecret twice',
      'setSecret twice at once',
    ]);
  });
});

describe('the strategies', () => {
  test('promise that nothing is refused on every engine with overlap, and where users alternate', () => {
    expect(STRATEGIES.map(({ name, zeroOn }) => `${name}: ${zeroOn.join(' ')}`)).toEqual([
      'single-user: ',
      'oracle-rollover: oracle',
      'mysql-overlap: mysql oracle',
      'mariadb-overlap: mariadb oracle',
      'alternating-users: postgres mysql mariadb oracle',
    ]);
  });

  test('where users alternate are measured on the engines that there are', () => {
    const alternating = STRATEGIES.filter(({ name }) => name === 'alternating-users');
    expect(alternating.map((one) => without(one, ['mysql'])?.zeroOn)).toEqual([
      ['postgres', 'mariadb', 'oracle'],
    ]);
  });

  test('of one user are not measured on fewer engines than they are about', () => {
    const overlap = STRATEGIES.filter(({ name }) => name === 'mysql-overlap');
    expect(overlap.map((one) => without(one, ['mysql']))).toEqual([undefined]);
    expect(overlap.map((one) => without(one, ['mariadb'])?.name)).toEqual(['mysql-overlap']);
  });
});

describe('the arguments', () => {
  test('ask for all strategies and twenty rotations where there are none', () => {
    const { strategies, ...others } = parseProbeArguments([]);
    expect(strategies.map(({ name }) => name)).toEqual([
      'single-user',
      'oracle-rollover',
      'mysql-overlap',
      'mariadb-overlap',
      'alternating-users',
    ]);
    expect(others).toEqual({
      isHelp: false,
      isJson: false,
      rotations: 20,
      intervalMs: 200,
      cacheMs: 2_000,
      nodePath: undefined,
    });
  });

  test('shorten a run', () => {
    const args = '--json --rotations 3 --rate 20 --cache 0.5 --strategy single-user'.split(' ');
    expect(parseProbeArguments(args)).toMatchObject({
      isJson: true,
      strategies: [{ name: 'single-user' }],
      rotations: 3,
      intervalMs: 50,
      cacheMs: 500,
    });
  });

  test.each([
    { flaw: 'a strategy is unknown', args: ['--strategy', 'luck'], says: '--strategy luck' },
    { flaw: 'there is to be no rotation', args: ['--rotations', '0'], says: '--rotations 0' },
    { flaw: 'a rotation is to be half', args: ['--rotations', '1.5'], says: '--rotations' },
    { flaw: 'the rate is no number', args: ['--rate', 'fast'], says: '--rate fast' },
    { flaw: 'the rate is nothing', args: ['--rate', ''], says: '--rate' },
    { flaw: 'the cache is longer than a minute', args: ['--cache', '61'], says: '--cache 61' },
    { flaw: 'an option is unknown', args: ['--quick'], says: '--quick' },
  ])('fails when $flaw', ({ args, says }) => {
    expect(() => parseProbeArguments(args)).toThrow(says);
  });

  test('are all explained', () => {
    for (const option of ['strategy', 'rotations', 'rate', 'cache', 'json', 'node', 'help']) {
      expect(USAGE).toContain(`  --${option}`);
    }
  });
});
