import { Pool } from '../../local/simulation/pool.ts';
import { EMPTY_TALLY, type Tally } from '../../local/simulation/tally.ts';
import type { Task } from '../../local/simulation/task.ts';
import { MISTAKES, type Mistake } from './mistakes.ts';

const SECOND_MS = 1_000;

async function playIn(pool: Pool, task: Task): Promise<Tally> {
  let tally = EMPTY_TALLY;
  await pool.doAll([task], (_task, done) => {
    tally = done;
  });
  return tally;
}

/** In a thread of its own, with the mistake in the steps. */
async function playWith(mistake: Mistake): Promise<Tally> {
  const pool = await Pool.start(1, mistake);
  try {
    return await playIn(pool, { ...mistake.task, until: mistake.promise });
  } finally {
    await pool.close();
  }
}

const brokenIn = ({ violations }: Tally): readonly string[] =>
  violations.map(({ violation }) => violation.promise);

describe('the simulation catches a rotation that', () => {
  test.each(MISTAKES.map((mistake) => [mistake.name, mistake.promise, mistake] as const))(
    '%s (promise %s)',
    async (_name, promise, mistake) => {
      expect(brokenIn(await playWith(mistake))).toContain(promise);
    },
    120 * SECOND_MS,
  );
});

describe('without a mistake', () => {
  // Singles and pairs are what `npm run simulation` runs; here are the plans, which nothing else plays.
  const tasks = new Map(
    MISTAKES.filter(({ task }) => task.kind === 'plan').map(({ task }) => [
      JSON.stringify(task),
      task,
    ]),
  );

  let pool: Pool;

  beforeAll(async () => {
    pool = await Pool.start(1);
  });

  afterAll(async () => {
    await pool.close();
  });

  test.each([...tasks])(
    'nothing is broken by the same runs: %s',
    async (_text, task) => {
      const tally = await playIn(pool, task);
      expect(brokenIn(tally)).toEqual([]);
      expect(tally.runs).toBeGreaterThan(0);
    },
    120 * SECOND_MS,
  );
});

describe('a deliberate mistake', () => {
  test('fails when the text that it replaces is not in the file exactly once', async () => {
    const mistake = { file: 'lambda/rotation/guard.ts', find: 'no such text', replace: '' };
    await expect(Pool.start(1, mistake)).rejects.toThrow(
      'expected no such text once in lambda/rotation/guard.ts, found it 0 times',
    );
  });

  test('fails when its file is no part of the simulation', async () => {
    const mistake = { file: 'lambda/handler.ts', find: 'x', replace: '' };
    await expect(Pool.start(1, mistake)).rejects.toThrow(
      'lambda/handler.ts is no part of worker.ts',
    );
  });
});
