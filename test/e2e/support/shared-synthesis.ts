import * as z from 'zod';
import { CertificateAuthority } from '../../../local/certificate-authority.ts';
import {
  synthesize,
  type Synthesized,
  type SynthesizedFunction,
} from '../../../local/clouds/synthesis.ts';

const CONFIG_VARIABLE = 'LOCKSTEP_CONFIG';

/** What differs between clouds of the same CA; the rest is kept as it is. */
const Addresses = z.looseObject({
  secretArn: z.string(),
  databases: z.array(z.looseObject({ port: z.int(), trust: z.looseObject({}) })),
  mirrors: z.array(z.looseObject({})),
});
const RotationsFile = z.object({ rotations: z.tuple([Addresses]) });

/**
 * One `cdk synth` for several clouds: it is made for the first ones that ask; the others are given the same function with
 * their own addresses in its configuration. The bundle holds the CA, so all must have the same one.
 */
export class SharedSynthesis {
  readonly authority: CertificateAuthority;
  #first: Promise<Synthesized> | undefined;

  private constructor(authority: CertificateAuthority) {
    this.authority = authority;
  }

  static async create(): Promise<SharedSynthesis> {
    return new SharedSynthesis(await CertificateAuthority.create('Lockstep local clouds'));
  }

  readonly synthesize: typeof synthesize = async (order) => {
    this.#first ??= synthesize(order);
    const first = await this.#first;
    const { rotations } = RotationsFile.parse(order.rotations);
    const [place] = rotations;
    return { ...withAddresses(first, place), inspector: withAddresses(first.inspector, place) };
  };
}

function withAddresses<Made extends SynthesizedFunction>(
  made: Made,
  place: z.infer<typeof Addresses>,
): Made {
  const config = Addresses.parse(JSON.parse(made.environment[CONFIG_VARIABLE] ?? ''));
  const moved = JSON.stringify(movedTo(place, config));
  return { ...made, environment: { ...made.environment, [CONFIG_VARIABLE]: moved } };
}

function movedTo(
  { secretArn, databases, mirrors }: z.infer<typeof Addresses>,
  config: z.infer<typeof Addresses>,
): z.infer<typeof Addresses> {
  return {
    ...config,
    secretArn,
    mirrors,
    databases: config.databases.map((database, index) => {
      const { port = database.port, trust = {} } = databases[index] ?? {};
      // A CA is named by its place in the bundle, a wallet by the secret that it is in.
      return 'walletSecretArn' in trust ? { ...database, port, trust } : { ...database, port };
    }),
  };
}
