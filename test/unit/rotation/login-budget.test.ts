import {
  LoginBudget,
  newRefusalMemory,
  type RefusalMemory,
} from '../../../lambda/rotation/login-budget.ts';
import { FaultPlan } from '../../../local/faults.ts';
import { MemoryAuditTrail } from '../../../local/memory/audit-trail.ts';
import { JumpingClock } from '../../../local/memory/jumping-clock.ts';
import { World } from '../../../local/memory/world.ts';

const HOUR_MS = 60 * 60 * 1_000;

/** A rotation that waits at setSecret for a database whose password nobody knows. */
async function lockedOut(): Promise<{ world: World; versionId: string }> {
  const world = new World({ engines: ['postgres'] });
  for (let version = 1; version <= 12; version += 1) {
    world.saveByHand({ password: `Example_saved_by_hand_${version}` });
  }
  const versionId = await world.begin();
  await world.step('createSecret', versionId);
  return { world, versionId };
}

describe('the budget of refused logins', () => {
  test('ends the search for a password after five', async () => {
    const { world, versionId } = await lockedOut();
    await expect(world.step('setSecret', versionId)).rejects.toMatchObject({
      name: 'LockedOutError',
    });
    expect(world.refusedLogins).toBe(5);
  });

  test('fails when it is spent, in a new process, without a login', async () => {
    const { world, versionId } = await lockedOut();
    await expect(world.step('setSecret', versionId)).rejects.toThrow();
    const logins = world.faults.calls.filter((call) => call === 'postgres:logon').length;
    for (const step of ['setSecret', 'testSecret', 'finishSecret'] as const) {
      await expect(world.step(step, versionId)).rejects.toMatchObject({
        name: 'LoginBudgetError',
        subject: 'rds',
        retryability: 'terminal',
      });
    }
    expect(world.faults.calls.filter((call) => call === 'postgres:logon')).toHaveLength(logins);
  });

  test('is full again after a day', async () => {
    const { world, versionId } = await lockedOut();
    await expect(world.step('setSecret', versionId)).rejects.toThrow();
    await world.clock.sleep(23 * HOUR_MS);
    await expect(world.step('setSecret', versionId)).rejects.toMatchObject({
      name: 'LoginBudgetError',
    });
    await world.clock.sleep(2 * HOUR_MS);
    world.postgres.setPassword(world.passwordUnder('AWSCURRENT') ?? '');
    await world.steps(versionId, 'setSecret', 'testSecret', 'finishSecret');
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual(['rds']);
  });

  test('is used up by nine refusals in a row, on whichever days, until a person clears them', async () => {
    const { world, versionId } = await lockedOut();
    for (let day = 1; day <= 2; day += 1) {
      await expect(world.step('setSecret', versionId)).rejects.toMatchObject({
        name: 'LockedOutError',
      });
      await world.clock.sleep(25 * HOUR_MS);
    }
    expect(world.refusedLogins).toBe(9);
    await world.clock.sleep(1_000 * HOUR_MS);
    world.postgres.setPassword(world.passwordUnder('AWSCURRENT') ?? '');
    await expect(world.step('setSecret', versionId)).rejects.toThrow(
      'it has refused 9 logins in a row',
    );
    await world.step('clear-refusals', 'none');
    await world.steps(versionId, 'setSecret', 'testSecret', 'finishSecret');
    expect(world.opened(world.passwordUnder('AWSCURRENT'))).toEqual(['rds']);
  });

  test('is full at once where a person clears the refusals of the day', async () => {
    const { world, versionId } = await lockedOut();
    await expect(world.step('setSecret', versionId)).rejects.toThrow();
    world.postgres.setPassword(world.passwordUnder('AWSPENDING') ?? '');
    await world.step('clear-refusals', 'none');
    await world.steps(versionId, 'testSecret', 'finishSecret');
    expect(world.events).toContain('refusals-cleared rds');
  });

  test('is not asked for where the audit trail cannot be read', async () => {
    const { world, versionId } = await lockedOut();
    await expect(world.step('setSecret', versionId)).rejects.toThrow();
    world.postgres.setPassword(world.passwordUnder('AWSPENDING') ?? '');
    world.faults.add({ call: 's3:ListObjectsV2', fault: { kind: 'loseRequest' }, times: 99 });
    await world.step('testSecret', versionId);
    expect(world.logs.join('\n')).toContain('login-budget.not-counted');
  });
});

describe('where the trail fails', () => {
  const clock = new JumpingClock();
  const outage = { call: 'audit:*', fault: { kind: 'loseRequest' }, times: 99 } as const;

  function makeBudget(memory: RefusalMemory, faults = new FaultPlan()): LoginBudget {
    const request = { step: 'setSecret', versionId: 'version' } as const;
    const audit = new MemoryAuditTrail({ entries: [], clock, faults, request });
    const reporter = { info: () => undefined, warn: () => undefined, metric: () => undefined };
    return new LoginBudget({ audit, clock, reporter, memory });
  }

  const adb = new World({ engines: ['oracle'] }).databases.map(
    ({ name, engine }) => ({ name, engine, canTakeBack: false }) as never,
  );

  test('a container goes on counting by what it remembers', async () => {
    const memory = newRefusalMemory();
    const first = makeBudget(memory, new FaultPlan().add(outage));
    await first.require(adb);
    for (let each = 1; each <= 5; each += 1) first.spend('adb');
    const next = makeBudget(memory, new FaultPlan().add(outage));
    await expect(next.require(adb)).rejects.toMatchObject({ name: 'LoginBudgetError' });
  });

  test('what could not be recorded counts once the trail can be read, until a login is proven', async () => {
    const memory = newRefusalMemory();
    const first = makeBudget(memory);
    for (let each = 1; each <= 3; each += 1) {
      first.spend('adb');
      first.notRecorded('adb');
    }
    const next = makeBudget(memory);
    await next.require(adb);
    expect(next.left('adb')).toBe(2);
    next.proven('adb');
    await next.require(adb);
    expect(next.left('adb')).toBe(5);
  });
});
