import { CURSORS_MAX } from '../cursors.ts';
import type { SessionContext } from '../session-context.ts';
import { FIELD_VERSION } from './message-types.ts';
import type { KeyValue } from './ttc-writer.ts';

/** What the server tells a client once it is logged in. */
export function sessionParameters(
  { traits, serviceName }: SessionContext,
  { fieldVersion, proof }: { readonly fieldVersion: number; readonly proof: string },
): KeyValue[] {
  const values: Readonly<Record<string, string>> = {
    AUTH_VERSION_NO: String(versionNumber(traits.databaseVersion, fieldVersion)),
    AUTH_SC_DBUNIQUE_NAME: 'standin',
    AUTH_SC_REAL_DBUNIQUE_NAME: 'standin',
    AUTH_SC_DB_DOMAIN: '',
    AUTH_DBNAME: 'STANDIN',
    AUTH_SC_SERVICE_NAME: serviceName,
    AUTH_INSTANCENAME: 'standin1',
    AUTH_MAX_OPEN_CURSORS: String(CURSORS_MAX),
    AUTH_MAX_IDEN_LENGTH: '128',
    AUTH_SESSION_ID: '1',
    AUTH_SERIAL_NUM: '1',
    AUTH_SVR_RESPONSE: proof,
  };
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}

/** The parts of a version in one number; their places changed with 18c. */
function versionNumber(
  [major, release, update, port, portUpdate]: readonly [number, number, number, number, number],
  fieldVersion: number,
): number {
  const [releaseAt, portAt] = fieldVersion >= FIELD_VERSION.v18_1 ? [16, 4] : [20, 8];
  return (
    ((major << 24) | (release << releaseAt) | (update << 12) | (port << portAt) | portUpdate) >>> 0
  );
}
