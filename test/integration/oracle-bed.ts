import type { OracleConfig } from '../../config/database-config.ts';
import { OracleDatabase, type OracleTrust } from '../../lambda/adapters/oracle.ts';
import type { Credential } from '../../lambda/domain/credential.ts';
import { Password } from '../../lambda/domain/password.ts';
import { Redactor } from '../../lambda/domain/redactor.ts';
import { CertificateAuthority, type Identity } from '../../local/certificate-authority.ts';
import { FaultPlan } from '../../local/faults.ts';
import { Accounts } from '../../local/oracle/accounts/accounts.ts';
import { FEW_ROUNDS, TwelveCVerifier } from '../../local/oracle/logon/twelve-c-verifier.ts';
import { OracleServer, type OracleServerOptions } from '../../local/oracle/oracle-server.ts';
import type { Dialect } from '../../local/oracle/dialects.ts';
import { FIRST } from '../contract/database-contract.ts';
import { Time } from './database-time.ts';

export const SERVICE_NAME = 'app_tp.example';

const SUPERUSER_PASSWORD = 'Right_superuser_password_01';
/** Of a user that may set the passwords of others. */
export const SUPERUSER: Credential = {
  username: 'admin',
  password: new Password(SUPERUSER_PASSWORD),
};

/** How the server of a bed differs from one-way TLS on localhost. */
export interface BedChanges {
  readonly dialect?: Dialect;
  readonly hosts?: readonly string[];
  readonly notAfter?: Date;
  readonly redirectTo?: NonNullable<OracleServerOptions['redirectTo']>;
  readonly answers?: NonNullable<OracleServerOptions['answers']>;
  /** PASSWORD_ROLLOVER_TIME of the profile of APP. @default 0 */
  readonly rolloverDays?: number;
  /** Whether clients must show a certificate. @default false */
  readonly isMutual?: boolean;
  /** @default one of its own where the certificate is another, else one for all beds */
  readonly ca?: CertificateAuthority;
}

export interface DatabaseChanges {
  readonly config?: Partial<OracleConfig>;
  readonly trust?: OracleTrust;
  readonly time?: Time;
  /** What the superuser secret holds. @default there is none */
  readonly superuser?: Credential;
}

interface ServerCertificate {
  readonly ca: CertificateAuthority;
  readonly identity: Identity;
}

let usual: Promise<ServerCertificate> | undefined;

/** Making one takes as long as a test. */
async function certificateFor(changes: BedChanges): Promise<ServerCertificate> {
  if (changes.ca ?? changes.hosts ?? changes.notAfter) return await makeCertificate(changes);
  usual ??= makeCertificate({});
  return await usual;
}

async function makeCertificate(changes: BedChanges): Promise<ServerCertificate> {
  const { hosts = ['localhost', '127.0.0.1'], notAfter } = changes;
  const ca = changes.ca ?? (await CertificateAuthority.create('Cluster CA'));
  const request = { commonName: 'cluster', hosts, ...(notAfter && { notAfter }) };
  return { ca, identity: await ca.issue(request) };
}

/** An Oracle server with the user APP, whose password is FIRST and whose profile is APP_PROFILE, and what opens it. */
export class OracleBed {
  readonly ca: CertificateAuthority;
  readonly accounts: Accounts<TwelveCVerifier>;
  readonly faults: FaultPlan;
  readonly server: OracleServer;

  /** How often a database has asked for what the superuser secret holds. */
  superuserReads = 0;
  readonly #clock: { aheadMs: number };

  private constructor(
    parts: Pick<OracleBed, 'ca' | 'accounts' | 'faults' | 'server'>,
    clock: { aheadMs: number },
  ) {
    this.#clock = clock;
    this.ca = parts.ca;
    this.accounts = parts.accounts;
    this.faults = parts.faults;
    this.server = parts.server;
  }

  static async make(changes: BedChanges = {}): Promise<OracleBed> {
    const { isMutual = false } = changes;
    const { ca, identity } = await certificateFor(changes);
    const clock = { aheadMs: 0 };
    const accounts = new Accounts({
      now: () => Date.now() + clock.aheadMs,
      makeVerifier: TwelveCVerifier.maker({ rounds: FEW_ROUNDS }),
    });
    accounts.createProfile('APP_PROFILE', { passwordRolloverTime: changes.rolloverDays ?? 0 });
    accounts.createUser({ name: 'APP', password: FIRST, profile: 'APP_PROFILE' });
    accounts.createUser({ name: 'ADMIN', password: SUPERUSER_PASSWORD, canAlterUsers: true });
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
    return new OracleBed({ ca, accounts, faults, server }, clock);
  }

  makeDatabase(changes: DatabaseChanges = {}): OracleDatabase {
    const { config, trust, time = new Time(), superuser } = changes;
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
      ...(superuser !== undefined && {
        superuser: async () => {
          this.superuserReads += 1;
          return await Promise.resolve(superuser);
        },
      }),
    });
  }

  /** Puts the server's clock forward. */
  advance(durationMs: number): void {
    this.#clock.aheadMs += durationMs;
  }

  /** Which of the passwords open the account of APP now. */
  opening(...passwords: readonly string[]): readonly string[] {
    const candidates = this.accounts.candidates('APP');
    return passwords.filter((password) =>
      candidates.some(({ verifier }) => verifier.matches(password)),
    );
  }

  /** Answers that the server gave to logons of APP with an error. */
  refusedLogins(): number {
    return this.accounts.refusedLogins('APP');
  }
}
