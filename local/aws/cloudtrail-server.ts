import { randomUUID } from 'node:crypto';
import type { Event, LookupEventsRequest, LookupEventsResponse } from '@aws-sdk/client-cloudtrail';
import type { HttpService } from './http-stand-in.ts';
import { jsonService, type JsonInput } from './json-protocol.ts';
import type { Rotation, RotationNews } from './rotation-events.ts';
import { AwsServiceError } from './service-error.ts';

/** "You can look up events that occurred in a Region within the last 90 days" (LookupEvents). */
const KEPT_MS = 90 * 24 * 60 * 60 * 1_000;
const RESULTS_MAX = 50;

export interface EventHistoryOptions {
  /** Epoch milliseconds. */
  now(): number;
  readonly region: string;
  readonly accountId: string;
  /** The function that rotates a secret, as an error names it. */
  lambdaOf(secretArn: string): string | undefined;
}

interface StoredEvent {
  readonly atMs: number;
  readonly name: string;
  readonly event: Event;
}

/**
 * CloudTrail's event history of a region, as far as Secrets Manager's own events on rotations go. Names and fields are
 * those of AWS's documentation; that RotationFailed comes once, when the last attempt has failed, is assumed. An event can
 * be looked up at once; in AWS it takes some minutes.
 */
export class EventHistory {
  readonly #options: EventHistoryOptions;
  readonly #events: StoredEvent[] = [];
  readonly #failedSteps = new Map<string, string>();

  constructor(options: EventHistoryOptions) {
    this.#options = options;
  }

  /** Takes down what AWS would of a rotation. */
  tell(news: RotationNews): void {
    const { kind, isTest, versionId } = news;
    switch (kind) {
      case 'rotationStarted':
        this.#add(isTest ? 'TestRotationStarted' : 'RotationStarted', news);
        return;
      case 'rotationSucceeded':
        this.#add(isTest ? 'TestRotationSucceeded' : 'RotationSucceeded', news);
        return;
      case 'rotationFailed':
        this.#add(isTest ? 'TestRotationFailed' : 'RotationFailed', news, this.#errorOf(news));
        return;
      case 'rotationAbandoned':
        if (news.reason === 'labelMoved') this.#add('RotationAbandoned', news);
        return;
      case 'stepFailed':
        this.#failedSteps.set(versionId, news.step);
        return;
      case 'stepStarted':
      case 'stepSucceeded':
        return;
    }
  }

  /** Newest first; one attribute at most. */
  lookupEvents(request: LookupEventsRequest): LookupEventsResponse {
    const { LookupAttributes: attributes = [], MaxResults: max = RESULTS_MAX } = request;
    const [attribute] = attributes;
    if (attributes.length > 1 || (attribute && attribute.AttributeKey !== 'EventName')) {
      throw new AwsServiceError(
        'InvalidLookupAttributesException',
        'this stand-in looks up by one EventName',
      );
    }
    if (!Number.isInteger(max) || max < 1 || max > RESULTS_MAX) {
      throw new AwsServiceError('InvalidMaxResultsException', 'MaxResults must be 1 to 50');
    }
    const sinceMs = Math.max(request.StartTime?.getTime() ?? 0, this.#options.now() - KEPT_MS);
    const found = this.#events
      .filter(({ name }) => attribute === undefined || name === attribute.AttributeValue)
      .filter(({ atMs }) => atMs >= sinceMs)
      .toReversed();
    const start = startOf(request.NextToken);
    const end = start + max;
    return {
      Events: found.slice(start, end).map(({ event }) => event),
      ...(end < found.length && { NextToken: String(end) }),
    };
  }

  #errorOf({ secretArn, versionId }: Rotation): string {
    const step = this.#failedSteps.get(versionId) ?? 'createSecret';
    return `Error when executing lambda ${this.#options.lambdaOf(secretArn) ?? ''} during ${step} step`;
  }

  #add(name: string, { secretArn, versionId }: Rotation, errorMessage?: string): void {
    const { accountId, region } = this.#options;
    const [atMs, eventId] = [this.#options.now(), randomUUID()];
    const record = {
      eventVersion: '1.08',
      userIdentity: { accountId, invokedBy: 'secretsmanager.amazonaws.com' },
      eventTime: new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z'),
      eventSource: 'secretsmanager.amazonaws.com',
      eventName: name,
      awsRegion: region,
      ...(errorMessage !== undefined && { errorMessage }),
      requestParameters: null,
      responseElements: null,
      additionalEventData: { SecretId: secretArn },
      requestID: `Rotation-${secretArn}-${versionId}`,
      eventID: eventId,
      eventType: 'AwsServiceEvent',
      recipientAccountId: accountId,
    };
    const event: Event = {
      EventId: eventId,
      EventName: name,
      EventSource: 'secretsmanager.amazonaws.com',
      EventTime: new Date(Math.floor(atMs / 1_000) * 1_000),
      Resources: [],
      CloudTrailEvent: JSON.stringify(record),
    };
    this.#events.push({ atMs, name, event });
  }
}

function startOf(token: string | undefined): number {
  if (token === undefined) return 0;
  if (/^\d+$/.test(token)) return Number(token);
  throw new AwsServiceError('InvalidNextTokenException', 'Invalid token');
}

/** The history over HTTP. */
export function cloudTrailService(history: EventHistory): HttpService {
  return jsonService({
    name: 'cloudtrail',
    targetPrefix: 'CloudTrail_20131101',
    internalError: 'InternalFailure',
    decode: (input) => ({ ...input, ...dateOf(input, 'StartTime'), ...dateOf(input, 'EndTime') }),
    operations: { LookupEvents: history.lookupEvents.bind(history) },
  });
}

function dateOf(input: JsonInput, field: string): JsonInput {
  const seconds = input[field];
  return typeof seconds === 'number' ? { [field]: new Date(seconds * 1_000) } : {};
}
