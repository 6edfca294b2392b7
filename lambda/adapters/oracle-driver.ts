import type oracledb from 'oracledb';

let driver: Promise<typeof oracledb> | undefined;

/**
 * Loads node-oracledb. Load it nowhere else, and nowhere at the top of a file: a rotation without Oracle has no use for it.
 *
 * The driver says goodbye to the server when a connection is garbage-collected, and throws where the line is down by
 * then. Nobody can catch what a finalizer throws: it would end the process, in the middle of a rotation or long after.
 * (oracle/node-oracledb#1749 is one such way, mended in the driver; version 26.0.0 has others.) So while the driver is
 * loaded, the finalizers that it registers are made such that they cannot throw.
 */
export async function loadOracleDriver(): Promise<typeof oracledb> {
  driver ??= loadWithSafeFinalizers();
  return await driver;
}

async function loadWithSafeFinalizers(): Promise<typeof oracledb> {
  const original = globalThis.FinalizationRegistry;
  globalThis.FinalizationRegistry = SafeFinalizationRegistry;
  try {
    const { default: loaded } = await import('oracledb');
    // The driver loads its Thin mode with the first connection, which here fails before it touches the network.
    await loaded.getConnection({ user: 'nobody', password: 'none' }).catch(() => undefined);
    return loaded;
  } finally {
    globalThis.FinalizationRegistry = original;
  }
}

class SafeFinalizationRegistry<Held> extends FinalizationRegistry<Held> {
  constructor(cleanup: (held: Held) => void) {
    super((held) => {
      try {
        cleanup(held);
      } catch {
        // The line is down, so there is nobody to say goodbye to.
      }
    });
  }
}
