import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseConfig } from '../../config/database-config.ts';
import { FunctionConfig } from '../../config/function-config.ts';
import { RotationsFile, type RotationEntry } from '../../config/rotations-file.ts';
import { CertificateAuthority } from '../certificate-authority.ts';
import { synthesize, type Synthesized, type SynthesizedFunction } from './synthesis.ts';
import { DATABASE_NAMES } from './topology.ts';

const CONFIG_VARIABLE = 'LOCKSTEP_CONFIG';
const CA_FILE = 'ca.pem';
/** Nobody listens there; the address comes with the clouds. */
const NOWHERE = { host: 'localhost', port: 1, trust: { caFile: CA_FILE } } as const;

/**
 * One `cdk synth` for several clouds, which take turns or stand side by side. It is made with all databases in it, so that
 * the bundle has the CA of each; every clouds are given that function with their own configuration.
 */
export class OneSynthesis {
  /** Who issues the certificates: the same for all clouds, because the bundle holds it. */
  readonly authority: CertificateAuthority;
  readonly #folder: string;
  #made: Promise<Synthesized> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(authority: CertificateAuthority, folder: string) {
    this.authority = authority;
    this.#folder = folder;
  }

  static async create(): Promise<OneSynthesis> {
    const authority = await CertificateAuthority.create('Lockstep local clouds');
    return new OneSynthesis(authority, await mkdtemp(join(tmpdir(), 'lockstep-synthesis-')));
  }

  /** For `startClouds`. */
  readonly synthesize: typeof synthesize = async ({ rotations, auditBucket }) => {
    const [entry] = RotationsFile.parse(rotations).rotations;
    if (entry === undefined) throw new Error('there is no rotation');
    this.#made ??= this.#make(entry, auditBucket);
    const made = await this.#made;
    return { ...withEntry(made, entry), inspector: withEntry(made.inspector, entry) };
  };

  /** May be called again, also while it is at work. */
  async close(): Promise<void> {
    this.#closing ??= this.#remove();
    await this.#closing;
  }

  async #remove(): Promise<void> {
    await this.#made?.catch(() => undefined);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #make(entry: RotationEntry, auditBucket: string): Promise<Synthesized> {
    await writeFile(join(this.#folder, CA_FILE), this.authority.certificatePem);
    const oneUser = { strategy: 'single-user', users: undefined };
    const rotation = { ...entry, ...oneUser, databases: everyDatabase(entry) };
    const rotations = { rotations: [rotation] };
    return await synthesize({ folder: this.#folder, rotations, auditBucket });
  }
}

function withEntry<Made extends SynthesizedFunction>(made: Made, entry: RotationEntry): Made {
  const known = FunctionConfig.parse(JSON.parse(made.environment[CONFIG_VARIABLE] ?? ''));
  const config = JSON.stringify(configFor(entry, known));
  return { ...made, environment: { ...made.environment, [CONFIG_VARIABLE]: config } };
}

function everyDatabase({ databases }: RotationEntry): readonly DatabaseConfig[] {
  const { postgres, mysql, mariadb } = DATABASE_NAMES;
  return [
    { ...NOWHERE, name: postgres, engine: 'postgres', database: 'postgres' },
    { ...NOWHERE, name: mysql, engine: 'mysql' },
    { ...NOWHERE, name: mariadb, engine: 'mariadb' },
    ...databases.filter(({ engine }) => engine === 'oracle'),
  ];
}

/** What a rotation's entry says goes into its function; what synthesis decides stays as it was decided. */
function configFor(entry: RotationEntry, known: FunctionConfig): FunctionConfig {
  const fields = Object.entries(entry).filter(([name]) => name in FunctionConfig.shape);
  return FunctionConfig.parse({
    ...Object.fromEntries(fields),
    databases: entry.databases.map((database) => withTrustOf(known, database)),
    audit: known.audit,
  });
}

/** A CA is named by its place in the bundle, a wallet by the secret that it is in. */
function withTrustOf({ databases }: FunctionConfig, database: DatabaseConfig): DatabaseConfig {
  const { trust } = database;
  if (trust === 'system' || !('caFile' in trust)) return database;
  const known = databases.find(({ name }) => name === database.name)?.trust;
  if (known === undefined || known === 'system' || !('caFile' in known)) {
    throw new Error(`${database.name} is not in the synthesised function`);
  }
  return { ...database, trust: known };
}
