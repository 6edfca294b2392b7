import { startClouds } from '../clouds/clouds.ts';
import { readAws } from '../clouds/published.ts';
import { OneSynthesis } from '../clouds/one-synthesis.ts';
import { Lines } from './lines.ts';
import { ATTEMPTS_MAX, RETRY_DELAY_MS, Service } from './service.ts';
import { endpointsOf, type Shape } from './shape.ts';
import { World } from './world.ts';

/** With CURRENT and PREVIOUS as many versions as a mirror keeps: from now on every rotation prunes one. */
const EARLIER_VERSIONS = 6;

/** Makes worlds, all of one shape and from one `cdk synth`. */
export class Universe {
  readonly shape: Shape;
  readonly #synthesis: OneSynthesis;
  readonly #closing = new Set<() => Promise<void>>();
  readonly #ends = new Map<World, () => Promise<void>>();

  private constructor(shape: Shape, synthesis: OneSynthesis) {
    this.shape = shape;
    this.#synthesis = synthesis;
  }

  static async create(shape: Shape): Promise<Universe> {
    return new Universe(shape, await OneSynthesis.create());
  }

  /** A world with one rotation behind it. */
  async makeWorld(): Promise<World> {
    const { shape } = this;
    const { authority, synthesize } = this.#synthesis;
    const lines = await Lines.start(endpointsOf(shape));
    this.#closing.add(lines.close);
    const service = new Service((step) => {
      lines.begin(step);
    });
    const clouds = await startClouds({
      topology: shape.topology,
      attemptsMax: ATTEMPTS_MAX,
      retryDelayMs: RETRY_DELAY_MS,
      ociUpdatingMs: 0,
      authority,
      synthesize,
      via: lines.via,
      intercept: service.intercept,
      onStarted: (close) => this.#closing.add(close),
    });
    const { ociVault, secretOcid } = clouds.vaults;
    const content = Buffer.from(await readAws(clouds)).toString('base64');
    for (let count = 1; count <= EARLIER_VERSIONS; count += 1) {
      ociVault.updateSecret(secretOcid, { secretContent: { contentType: 'BASE64', content } });
    }
    const world = new World({ clouds, lines, service, shape });
    await world.rotate();
    this.#ends.set(world, async () => {
      await clouds.close();
      await lines.close();
    });
    return world;
  }

  async end(world: World): Promise<void> {
    await this.#ends.get(world)?.();
    this.#ends.delete(world);
  }

  /** Ends everything, worlds that are only being made included. */
  async close(): Promise<void> {
    for (const close of this.#closing) await close();
    await this.#synthesis.close();
  }
}
