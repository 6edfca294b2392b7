import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type OracleDB from 'oracledb';
import { loadOracleDriver } from '../../lambda/adapters/oracle-driver.ts';
import { makeOneWayTrust } from '../../lambda/adapters/oracle-one-way-trust.ts';
import { OracleSockets } from '../../lambda/adapters/oracle-sockets.ts';
import { credential } from './database-logins.ts';
import { Time } from './database-time.ts';
import { OracleBed, SERVICE_NAME } from './oracle-bed.ts';

/**
 * A process of its own, run with `--expose-gc`: a login hangs, its socket is destroyed, and what is left of it is
 * garbage-collected. It says `survived` if it does.
 *
 * Its argument says which part stands between the driver's finalizer and the end of the process: `nothing`, the `driver`
 * as Lockstep loads it, its `sockets`, or the whole `adapter`.
 */
const GARBAGE_COLLECTIONS = 15;
const PAUSE_MS = 30;

async function main(protection: string): Promise<void> {
  const bed = await OracleBed.make();
  bed.faults.add({ call: 'oracle:logon', fault: { kind: 'hang' } });
  if (protection === 'adapter') await giveUpInAdapter(bed);
  else await giveUp(bed, protection);
  for (let count = 0; count < GARBAGE_COLLECTIONS; count++) {
    await sleep(PAUSE_MS);
    (globalThis as { gc?: () => void }).gc?.();
  }
  process.stdout.write('survived');
  await bed.server.close();
}

async function giveUpInAdapter(bed: OracleBed): Promise<void> {
  const database = bed.makeDatabase({ time: new Time().leave(300) });
  const outcome = await database.login(credential('app')).catch((error: unknown) => error);
  if (outcome === 'refused' || !(outcome instanceof Error))
    throw new Error('the login did not hang');
}

async function giveUp(bed: OracleBed, protection: string): Promise<void> {
  const plainSockets: Socket[] = [];
  subscribe('net.client.socket', (message) => {
    plainSockets.push((message as { socket: Socket }).socket);
  });
  const oracledb = await (protection === 'driver' ? loadOracleDriver() : loadPlainDriver());
  const attributes = {
    user: 'app',
    password: 'First_password_01',
    connectString: `(DESCRIPTION=(ADDRESS=(PROTOCOL=TCPS)(HOST=localhost)(PORT=${bed.server.port}))(CONNECT_DATA=(SERVICE_NAME=${SERVICE_NAME})))`,
    walletContent: await makeOneWayTrust(bed.ca.certificatePem, Date),
  };
  const sockets = new OracleSockets();
  const opening = sockets.capture(async () => await oracledb.getConnection(attributes));
  opening.catch(() => undefined);
  while (!bed.faults.calls.includes('oracle:logon')) await sleep(PAUSE_MS);
  if (protection === 'sockets') sockets.destroy();
  else for (const socket of plainSockets) socket.destroy();
}

async function loadPlainDriver(): Promise<typeof OracleDB> {
  const { default: oracledb } = await import('oracledb');
  return oracledb;
}

void main(process.argv[2] ?? 'nothing');
