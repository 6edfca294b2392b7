import { PostgresBed } from './postgres-bed.ts';

let made: Promise<PostgresBed> | undefined;
/** How many are still to give it back. */
let users = 0;

/**
 * Gives the tests of a file, before they run, one bed for all files that are loaded together: a start takes longer than
 * most tests. It starts with the first that needs it and stops after the last. Each test has roles of its own.
 */
export function usePostgres(take: (bed: PostgresBed) => void): void {
  users += 1;

  beforeAll(async () => {
    made ??= PostgresBed.make();
    take(await made);
  });

  afterAll(async () => {
    users -= 1;
    if (users > 0) return;
    const bed = await made;
    await bed?.server.close();
  });
}
