import { LookupEventsCommand, type CloudTrailClient, type Event } from '@aws-sdk/client-cloudtrail';
import * as z from 'zod';
import { ok, wrong, type Finding } from '../../lambda/inspection/finding.ts';
import { look, type Account } from './account.ts';

const CHECK = 'rotation-events';
const SUBJECT = 'secrets-manager';
/** Each has 50 events, of all secrets of the account and region. */
const PAGES_MAX = 3;

/** What Secrets Manager writes of rotations by itself (User Guide, retrieve-ct-entries). */
const EVENT_NAMES = [
  'RotationSucceeded',
  'RotationFailed',
  'RotationAbandoned',
  'TestRotationSucceeded',
  'TestRotationFailed',
] as const;
type EventName = (typeof EVENT_NAMES)[number];

/** The newest event of a kind. */
interface RotationEvent {
  readonly atMs: number;
  /** `Error when executing lambda … during setSecret step`. */
  readonly error: string | undefined;
}

export type NewestEvents = Readonly<Partial<Record<EventName, RotationEvent>>>;

const Details = z.object({
  errorMessage: z.string().optional(),
  additionalEventData: z.object({ SecretId: z.string() }),
});

/** What Secrets Manager itself says of the last rotations, in CloudTrail's event history. Needs cloudtrail:LookupEvents. */
export async function rotationEvents(account: Account): Promise<readonly Finding[]> {
  const { cloudTrail, target } = account;
  const { secretArn } = target.config;
  const about = { check: CHECK, subject: SUBJECT, right: 'cloudtrail:LookupEvents' };
  return await look(account, about, async () => {
    const newest: Partial<Record<EventName, RotationEvent>> = {};
    // One after the other: CloudTrail takes two look-ups a second.
    for (const name of EVENT_NAMES) {
      const found = await newestOf(cloudTrail, { name, secretArn });
      if (found !== undefined) newest[name] = found;
    }
    return [judgeEvents(newest, target)];
  });
}

/** Events are listed newest first, those of other secrets among them. */
async function newestOf(
  client: CloudTrailClient,
  { name, secretArn }: { readonly name: EventName; readonly secretArn: string },
): Promise<RotationEvent | undefined> {
  let token: string | undefined;
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const { Events: events = [], NextToken: next } = await client.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: name }],
        ...(token !== undefined && { NextToken: token }),
      }),
    );
    const found = events.flatMap((event) => ofSecret(event, secretArn))[0];
    if (found !== undefined || next === undefined) return found;
    token = next;
  }
  return undefined;
}

function ofSecret(
  { EventTime: time, CloudTrailEvent: text = '' }: Event,
  secretArn: string,
): readonly RotationEvent[] {
  const details = Details.safeParse(parse(text));
  if (!details.success || details.data.additionalEventData.SecretId !== secretArn) return [];
  return [{ atMs: time?.getTime() ?? 0, error: details.data.errorMessage }];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What came after the last success counts: a rotation that succeeds has mended what was before it. */
export function judgeEvents(
  newest: NewestEvents,
  { name, logGroup }: { readonly name: string; readonly logGroup: string },
): Finding {
  const { RotationSucceeded: success, TestRotationSucceeded: tested } = newest;
  const since = (event: RotationEvent | undefined, sinceMs = 0): event is RotationEvent =>
    event !== undefined && event.atMs > Math.max(sinceMs, success?.atMs ?? 0);
  const { RotationFailed: failed, RotationAbandoned: abandoned, TestRotationFailed: test } = newest;
  if (since(failed, abandoned?.atMs)) {
    return wrong('failure', {
      check: CHECK,
      subject: SUBJECT,
      found: `the last rotation failed at ${timeText(failed)}${errorText(failed)}`,
      remedy: `see lockstep status ${name}, mend what it names, then lockstep rotate ${name}`,
    });
  }
  if (since(abandoned)) {
    return wrong('warning', {
      check: CHECK,
      subject: SUBJECT,
      found: `the last rotation was abandoned at ${timeText(abandoned)}: somebody stored a version while it was under way`,
      remedy: `see that nothing else writes the secret (the console, Terraform, a pipeline), then lockstep rotate ${name}`,
    });
  }
  if (since(test, tested?.atMs)) {
    return wrong('failure', {
      check: CHECK,
      subject: SUBJECT,
      found: `the test of the configuration failed at ${timeText(test)}${errorText(test)}`,
      remedy: `see what the function says (aws logs tail ${logGroup} --since 1d), mend it, then lockstep rotate ${name} --dry-run`,
    });
  }
  return ok(
    CHECK,
    SUBJECT,
    success === undefined
      ? 'CloudTrail knows of no rotation that failed in the last 90 days'
      : `the last rotation that CloudTrail knows of succeeded at ${timeText(success)}`,
  );
}

function timeText({ atMs }: RotationEvent): string {
  return new Date(atMs).toISOString();
}

function errorText({ error }: RotationEvent): string {
  return error === undefined ? '' : ` (${error})`;
}
