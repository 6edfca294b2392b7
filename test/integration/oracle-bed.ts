import type { OracleConfig } from '../../config/database-config.ts';
import { OracleDatabase, type OracleTrust } from '../../lambda/adapters/oracle.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { CertificateAuthority } from '../../local/certificate-authority.ts';
import { FaultPlan } from '../../local/faults.ts';
import { Accounts } from '../../local/oracle/accounts/accounts.ts';
import { TwelveCVerifier } from '../../local/oracle/logon/twelve-c-verifier.ts';
import { OracleServer, type OracleServerOptions } from '../../local/oracle/oracle-server.ts';
import type { Dialect } from '../../local/oracle/dialects.ts';
import { FIRST } from '../contract/database-contract.ts';
import { Time } from './database-time.ts';

export const SERVICE_NAME = 'app_tp.example';

/** How the server of a bed differs from one-way TLS on localhost. */
export interface BedChanges {
  readonly dialect?: Dialect;
  readonly hosts?: readonly string[];
  readonly notAfter?: Date;
  readonly redirectTo?: NonNullable<OracleServerOptions['redirectTo']>;
  readonly answers?: NonNullable<OracleServerOptions['answers']>;
  /** Whether clients must show a certificate. @default false */
  readonly isMutual?: boolean;
  /** @default one of its own */
  readonly ca?: CertificateAuthority;
}

export interface DatabaseChanges {
  readonly config?: Partial<OracleConfig>;
  readonly trust?: OracleTrust;
  readonly time?: Time;
}

/** An Oracle server with the user APP, whose password is FIRST, and what opens it. */
export class OracleBed {
  readonly ca: CertificateAuthority;
  readonly accounts: Accounts<TwelveCVerifier>;
  readonly faults: FaultPlan;
  readonly server: OracleServer;

  private constructor(parts: Pick<OracleBed, 'ca' | 'accounts' | 'faults'>, server: OracleServer) {
    this.ca = parts.ca;
    this.accounts = parts.accounts;
    this.faults = parts.faults;
    this.server = server;
  }

  static async make(changes: BedChanges = {}): Promise<OracleBed> {
    const { hosts = ['localhost', '127.0.0.1'], isMutual = false, notAfter } = changes;
    const ca = changes.ca ?? (await CertificateAuthority.create('Cluster CA'));
    const commonName = 'cluster';
    const identity = await ca.issue({ commonName, hosts, ...(notAfter && { notAfter }) });
    const accounts = new Accounts({
      now: () => Date.now(),
      makeVerifier: TwelveCVerifier.maker(),
    });
    accounts.createUser({ name: 'APP', password: FIRST });
    const faults = new FaultPlan();
    const server = await OracleServer.start({
      protocol: 'tcps',
      identity,
      serviceName: SERVICE_NAME,
      accounts,
      faults,
      ...(changes.dialect !== undefined && { dialect: changes.dialect }),
      ...(changes.redirectTo !== undefined && { redirectTo: changes.redirectTo }),
      ...(changes.answers !== undefined && { answers: changes.answers }),
      ...(isMutual && { clientCaPem: ca.certificatePem }),
    });
    return new OracleBed({ ca, accounts, faults }, server);
  }

  makeDatabase({ config, trust, time = new Time() }: DatabaseChanges = {}): OracleDatabase {
    return new OracleDatabase({
      config: {
        name: 'adb',
        engine: 'oracle',
        host: 'localhost',
        port: this.server.port,
        serviceName: SERVICE_NAME,
        trust: 'system',
        ...config,
      },
      trust: trust ?? { ca: this.ca.certificatePem },
      budget: time.budget,
      redactor: new Redactor(),
      clock: { now: () => Date.now() },
    });
  }

  /** Answers that the server gave to logons of APP with an error. */
  refusedLogins(): number {
    return this.accounts.refusedLogins('APP');
  }
}
