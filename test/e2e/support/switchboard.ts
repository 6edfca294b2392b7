import type { RotationEvent, RotationStep } from '../../../local/aws/rotation-events.ts';
import type { Clouds } from '../../../local/clouds/clouds.ts';
import { rotate } from '../../../local/observation/operator.ts';

/** Decides what becomes of the calls that Secrets Manager makes, where a test wants more than that they are made. */
export class Switchboard {
  /** Every call that the service has made, each attempt for itself. */
  readonly events: RotationEvent[] = [];
  /** What the function failed with, call by call: `<name>: <message>`. */
  readonly failures: string[] = [];
  /** Run before a call is put through. */
  before: (event: RotationEvent) => void = () => undefined;
  /** Run after a call that went well. */
  after: () => Promise<void> = nothing;
  #isByHand = false;

  /** For `startClouds`. */
  readonly intercept = async (event: RotationEvent, invoke: () => Promise<void>): Promise<void> => {
    this.events.push(event);
    if (this.#isByHand) throw new Error('the steps are run by hand');
    this.before(event);
    await invoke().catch((error: unknown) => {
      this.failures.push(String(error));
      throw error;
    });
    await this.after();
  };

  /** Calls are only made again. */
  reset(): void {
    this.before = (): void => undefined;
    this.after = nothing;
  }

  /**
   * RotateSecret whose every call fails before the function hears of it. What is left is a version with AWSPENDING and
   * without a value, whose steps are for the test to run.
   */
  async begin(clouds: Clouds): Promise<ByHand> {
    this.#isByHand = true;
    try {
      const { versionId } = await rotate(clouds);
      return new ByHand(clouds, { versionId, rotationToken: this.#tokenOf(versionId) });
    } finally {
      this.#isByHand = false;
    }
  }

  #tokenOf(versionId: string): string {
    const event = this.events.find(({ ClientRequestToken: token }) => token === versionId);
    if (event === undefined) throw new Error('the service has made no call for this version');
    return event.RotationToken;
  }
}

/** A rotation whose steps a test runs, by invoking the function as the service does. */
export class ByHand {
  readonly versionId: string;
  readonly #clouds: Clouds;
  readonly #rotationToken: string;

  constructor(clouds: Clouds, rotation: { versionId: string; rotationToken: string }) {
    this.#clouds = clouds;
    this.versionId = rotation.versionId;
    this.#rotationToken = rotation.rotationToken;
  }

  /** @throws LambdaInvocationError */
  async run(...steps: readonly RotationStep[]): Promise<void> {
    for (const step of steps) await this.#clouds.lambda.invoke(this.event(step));
  }

  event(step: RotationStep): RotationEvent {
    return {
      Step: step,
      SecretId: this.#clouds.vaults.secretArn,
      ClientRequestToken: this.versionId,
      RotationToken: this.#rotationToken,
    };
  }
}

async function nothing(): Promise<void> {
  await Promise.resolve();
}
