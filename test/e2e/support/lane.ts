import { startClouds, type Clouds } from '../../../local/clouds/clouds.ts';
import type { OneSynthesis } from '../../../local/clouds/one-synthesis.ts';
import { auditFindings, whatIsPublished } from '../../../local/observation/holding.ts';
import { LongTrail } from '../../../local/observation/long-trail.ts';
import { rotate } from '../../../local/observation/operator.ts';
import { positionsOf, type Position, type StepStart } from './positions.ts';
import { Switchboard } from './switchboard.ts';

/** Where a promise was broken, and how it looked. */
export interface Breach {
  readonly position: Position;
  readonly found: unknown;
}

/** Clouds in which one rotation after the other loses one reply. Several lanes run side by side. */
export class Lane {
  readonly clouds: Clouds;
  readonly #switchboard: Switchboard;
  readonly #trail: LongTrail;
  readonly #promotedVersionIds: string[] = [];

  private constructor(clouds: Clouds, switchboard: Switchboard) {
    this.clouds = clouds;
    this.#switchboard = switchboard;
    this.#trail = new LongTrail(clouds.vaults.aws.buckets);
  }

  /**
   * The first rotation is behind it: the function is warm and the trail has entries.
   *
   * @param onStarted given, before anything starts, what ends it
   */
  static async start(
    { authority, synthesize }: OneSynthesis,
    onStarted: (close: () => Promise<void>) => void,
  ): Promise<Lane> {
    const switchboard = new Switchboard();
    const { intercept } = switchboard;
    const clouds = await startClouds({
      retryDelayMs: 50,
      ociUpdatingMs: 0,
      intercept,
      authority,
      synthesize,
      onStarted,
    });
    const lane = new Lane(clouds, switchboard);
    await lane.#rotate();
    return lane;
  }

  /** Every call of one rotation in which nothing fails. */
  async record(): Promise<readonly Position[]> {
    const { faults } = this.clouds;
    const starts: StepStart[] = [];
    this.#switchboard.before = ({ Step: step }): void => {
      starts.push({ step, index: faults.calls.length });
    };
    const { attempts } = await this.#rotate();
    this.#switchboard.reset();
    if (attempts !== 1) throw new Error('something failed in a rotation without faults');
    return positionsOf(faults.calls, starts);
  }

  /** Runs a rotation in which the reply at this position is lost, with the service's retries, and looks from outside. */
  async strike(position: Position): Promise<readonly Breach[]> {
    const { faults } = this.clouds;
    const { call, occurrence } = position;
    const before = faults.calls.length;
    faults.add({ call, fault: { kind: 'loseReply' }, skip: occurrence - 1 });
    const { status } = await this.#rotate();
    faults.clear();
    const seen = faults.calls.slice(before).filter((one) => one === call).length;
    const found = {
      status,
      wasStruck: seen >= occurrence,
      ...(await whatIsPublished(this.clouds)),
    };
    const isWell =
      status === 'succeeded' &&
      found.wasStruck &&
      found.vaultsAreEqual &&
      found.acceptNew.length === 2;
    return isWell ? [] : [{ position, found }];
  }

  /** What is wrong with the audit trail of all rotations so far. */
  async auditFindings(): Promise<readonly string[]> {
    this.#trail.restore();
    return await auditFindings(this.clouds, this.#promotedVersionIds);
  }

  async #rotate(): Promise<{ readonly status: string; readonly attempts?: number }> {
    const { versionId, outcome } = await rotate(this.clouds);
    this.#promotedVersionIds.push(versionId);
    this.#age();
    return outcome;
  }

  /** So much time passes that there is room for another rotation, in the trail and among OCI's versions. */
  #age(): void {
    const { ociVault, secretOcid } = this.clouds.vaults;
    this.#trail.ageByADay();
    ociVault.endWaiting(secretOcid);
  }
}
