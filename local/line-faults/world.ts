import { setTimeout as sleep } from 'node:timers/promises';
import type { Clouds } from '../clouds/clouds.ts';
import type { Verdict } from './line.ts';
import type { Lines } from './lines.ts';
import type { Engine } from '../../lambda/ports/database.ts';
import { pointText, type Point } from './point.ts';
import { allOutlets } from '../observation/all-outlets.ts';
import { allSecrets } from '../observation/all-secrets.ts';
import { auditFindings } from '../observation/holding.ts';
import { LongTrail } from '../observation/long-trail.ts';
import { rotate } from '../observation/operator.ts';
import { findSecrets } from '../observation/secret-search.ts';
import { auditEvents } from '../observation/traces.ts';
import type { Fault } from './fault.ts';
import { lockedOut, unkept, type Breach } from './promises.ts';
import type { Service } from './service.ts';
import type { Shape } from './shape.ts';

/** A point and, where a stand-in tells, the call that is made there. */
export interface RecordedPoint extends Point {
  readonly call: string | undefined;
}

/** What became of one rotation under a fault. */
export interface Strike {
  /** Whether the rotation came by the point. */
  readonly wasReached: boolean;
  readonly breaches: readonly Breach[];
  /** What the attempts failed with: `<name>: <message>`. */
  readonly failures: readonly string[];
  /** What the function wrote meanwhile. */
  readonly log: readonly string[];
}

export interface RotationEnd {
  readonly status: string;
  /** Whether the audit trail says that the version was promoted. */
  readonly isRecorded: boolean;
}

/** As `auditEvents` has it. */
const PROMOTION = 'promoted secrets-manager';
/** Shorter than any deadline of the function. */
const DELAY_MS = 1_500;
/** What was synthesised does not change with a fault; the end-to-end tests search it. */
const SYNTHESISED = /^cdk\.out|^rotations\.json$|^ca\.pem$/;

/** Clouds whose every line can fail, in which one rotation follows the other; each finds a function newly started. */
export class World {
  readonly #clouds: Clouds;
  readonly #lines: Lines;
  readonly #service: Service;
  readonly #withoutWindow: readonly Engine[];
  readonly #trail: LongTrail;
  readonly #promotedVersionIds: string[] = [];

  /** @param parts which belong together: `service` intercepts the calls in `clouds`, and `lines` go to its servers */
  constructor(parts: {
    readonly clouds: Clouds;
    readonly lines: Lines;
    readonly service: Service;
    readonly shape: Shape;
  }) {
    this.#clouds = parts.clouds;
    this.#lines = parts.lines;
    this.#service = parts.service;
    this.#withoutWindow = parts.shape.withoutWindow;
    this.#trail = new LongTrail(parts.clouds.vaults.aws.buckets);
  }

  /** One rotation, with the service's retries. @returns how it ended */
  async rotate(): Promise<RotationEnd> {
    const { versionId, outcome } = await rotate(this.#clouds);
    const entries = auditEvents(this.#clouds, versionId);
    this.#trail.ageByADay();
    const isRecorded = entries.includes(PROMOTION);
    if (isRecorded) this.#promotedVersionIds.push(versionId);
    return { status: outcome.status, isRecorded };
  }

  /** Every point of a rotation in which nothing fails, in order. @throws when something fails */
  async record(): Promise<readonly RecordedPoint[]> {
    const { faults } = this.#clouds;
    const points: Point[] = [];
    const begins = new Map<string, number>();
    const calls = new Map<string, string | undefined>();
    const exchangeOf = (point: Point): string => pointText({ ...point, side: 'before' });
    await this.#freshStart();
    this.#lines.judge = async (point) => {
      points.push(point);
      const exchange = exchangeOf(point);
      if (point.side === 'before') begins.set(exchange, faults.calls.length);
      const made = faults.calls.slice(begins.get(exchange));
      calls.set(
        exchange,
        made.find((call) => call.startsWith(`${point.endpoint}:`)),
      );
      return await Promise.resolve('pass');
    };
    const { status } = await this.rotate();
    const { failures } = this.#service;
    if (status !== 'succeeded' || failures.length > 0) {
      throw new Error(`a rotation without a fault has ${status}: ${failures.join('; ')}`);
    }
    return points.map((point) => ({ ...point, call: calls.get(exchangeOf(point)) }));
  }

  /** Runs a rotation that suffers the fault, with the service's retries, and looks from outside. */
  async strike(fault: Fault): Promise<Strike> {
    const clouds = this.#clouds;
    const breaches: Breach[] = [];
    const log: string[] = [];
    await this.#freshStart();
    const stopLog = clouds.lambda.onLogLine((line) => log.push(line));
    let wasReached = false;
    this.#lines.judge = async (point) => {
      if (wasReached || pointText(point) !== pointText(fault.point)) return 'pass';
      wasReached = true;
      const { verdict, isDead } = await this.#inflict(fault);
      // Nobody moves at this moment. Of a function that has died, the service hears, and it is looked then.
      if (!isDead) breaches.push(...(await this.#lockedOut('at the fault')));
      return verdict;
    };
    this.#service.afterFailure = async (step) => {
      breaches.push(...(await this.#lockedOut(`after ${step} had failed`)));
    };
    const end = await this.rotate();
    stopLog();
    const { failures } = this.#service;
    const wasKilled = fault.kind === 'kill' || fault.kind === 'vanish';
    breaches.push(...(await unkept(clouds, { ...end, failures, wasKilled })));
    return { wasReached, breaches, failures, log };
  }

  /** What can only be told of all rotations together: whether the audit trail verifies and no secret was let out. */
  async audit(): Promise<readonly Breach[]> {
    const clouds = this.#clouds;
    this.#trail.restore();
    const findings = await auditFindings(clouds, this.#promotedVersionIds);
    const outlets = (await allOutlets(clouds)).filter(({ name }) => !SYNTHESISED.test(name));
    const errors = { name: 'the errors that were returned', text: this.#service.said.join('\n') };
    const leaks = findSecrets([...outlets, errors], allSecrets(clouds, this.#service));
    return [
      ...findings.map((found) => ({ promise: 'the audit trail verifies', found })),
      ...leaks.map((found) => ({ promise: 'a secret is in no log', found })),
    ];
  }

  async #lockedOut(moment: string): Promise<readonly Breach[]> {
    return await lockedOut(this.#clouds, { withoutWindow: this.#withoutWindow, moment });
  }

  async #inflict({ kind }: Fault): Promise<{ verdict: Verdict; isDead: boolean }> {
    const { lambda } = this.#clouds;
    switch (kind) {
      case 'cut':
        return { verdict: 'cut', isDead: false };
      case 'blackhole':
        return { verdict: 'silence', isDead: false };
      case 'delay':
        await sleep(DELAY_MS);
        return { verdict: 'pass', isDead: false };
      case 'kill':
        await lambda.kill();
        return { verdict: 'cut', isDead: true };
      case 'vanish':
        this.#lines.silence();
        await lambda.kill();
        return { verdict: 'silence', isDead: true };
    }
  }

  async #freshStart(): Promise<void> {
    await this.#clouds.lambda.kill();
    this.#lines.reset();
    this.#service.reset();
  }
}
