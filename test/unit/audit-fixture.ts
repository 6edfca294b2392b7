import { readFileSync } from 'node:fs';
import {
  ChainedAuditTrail,
  type AuditContext,
  type ChainedAuditTrailOptions,
} from '../../lambda/adapters/audit-trail.ts';
import type { Entry } from '../../lambda/audit/entry.ts';
import type { AuditStore } from '../../lambda/ports/audit-store.ts';
import { MemoryAuditKey } from '../../local/memory/audit-key.ts';
import { MemoryAuditStore } from '../../local/memory/audit-store.ts';

export const PREFIX = 'orders/';
export const FIRST_KEY = 'first key of the audit tests, no secret';
export const SECOND_KEY = 'second key of the audit tests, no secret';

export const CONTEXT: AuditContext = {
  rotation: 'orders',
  secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders-AbCdEf',
  versionId: '11111111-2222-4333-8444-555555555555',
  step: 'setSecret',
  requestId: 'request-1',
  functionVersion: '7',
};

/** A trail in memory, and whatever of it a test wants otherwise. */
export function makeTrail<Store extends AuditStore = MemoryAuditStore>(
  given: Partial<ChainedAuditTrailOptions> & { readonly store?: Store } = {},
): { readonly store: Store; readonly trail: ChainedAuditTrail } {
  const store = given.store ?? (new MemoryAuditStore() as AuditStore as Store);
  const trail = new ChainedAuditTrail({
    key: new MemoryAuditKey({ versions: [FIRST_KEY] }),
    tip: { link: undefined },
    context: CONTEXT,
    clock: { now: () => Date.UTC(2026, 10, 20, 10) },
    prefix: PREFIX,
    ...given,
    store,
  });
  return { store, trail };
}

/** A store that holds entries 1 to `count`, all of them `proven`. */
export async function storeWith(count: number): Promise<MemoryAuditStore> {
  const { store, trail } = makeTrail();
  for (let each = 1; each <= count; each += 1) {
    await trail.append({ event: 'proven', subject: `database-${each}` });
  }
  return store;
}

export interface Vectors {
  readonly keys: Readonly<Record<string, string>>;
  readonly prefix: string;
  readonly fingerprints: readonly {
    readonly keyVersion: string;
    readonly username: string;
    readonly password: string;
    readonly text: string;
    readonly fingerprint: string;
  }[];
  readonly entries: readonly {
    readonly entry: Entry;
    readonly signedText: string;
    readonly objectKey: string;
    readonly body: string;
  }[];
}

export function readVectors(): Vectors {
  const url = new URL('../vectors/audit-v1.json', import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Vectors;
}
