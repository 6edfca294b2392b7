/** What a finalizer of the driver does, called without waiting for the garbage collector. */
type Cleanup = (held: { disconnect: () => void }) => void;

const original = globalThis.FinalizationRegistry;
const cleanups: Cleanup[] = [];

/** Keeps what the driver asks for when an object is collected. */
class RecordingRegistry extends original<never> {
  constructor(cleanup: (held: never) => void) {
    super(cleanup);
    cleanups.push(cleanup as Cleanup);
  }
}

beforeAll(async () => {
  globalThis.FinalizationRegistry = RecordingRegistry;
  const { loadOracleDriver } = await import('../../lambda/adapters/oracle-driver.ts');
  await Promise.all([loadOracleDriver(), loadOracleDriver()]);
});

afterAll(() => {
  globalThis.FinalizationRegistry = original;
});

test('the driver has one finalizer, which disconnects', () => {
  let disconnections = 0;
  expect(cleanups).toHaveLength(1);
  cleanups[0]?.({ disconnect: () => (disconnections += 1) });
  expect(disconnections).toBe(1);
});

test('the finalizer does not throw when the line is down', () => {
  const disconnect = (): void => {
    throw new Error('NJS-500: connection to Oracle Database was closed or broken');
  };
  expect(() => {
    cleanups[0]?.({ disconnect });
  }).not.toThrow();
});

test('finalizers of others are left as they were', () => {
  expect(globalThis.FinalizationRegistry).toBe(RecordingRegistry);
});
