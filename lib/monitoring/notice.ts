import { gunzipSync } from 'node:zlib';
import * as z from 'zod';

/** Longer texts are cut: what matters comes first. */
const TEXT_LENGTH_MAX = 1_500;

/** What one failed step has to say, in single lines that fit between quotes. */
export interface Notice {
  readonly rotation: string;
  readonly step: string;
  readonly versionId: string;
  /** The kind of error. */
  readonly error: string;
  /** What was found, on which database or vault, what was done about it, what is next. */
  readonly message: string;
}

const Subscription = z.object({ awslogs: z.object({ data: z.base64() }) });
const Batch = z.object({ logEvents: z.array(z.object({ message: z.string() })) });
const FailedStep = z.object({
  message: z.literal('step.failed'),
  rotation: z.string(),
  step: z.string(),
  versionId: z.string(),
  error: z.object({ name: z.string(), message: z.string() }),
});

/**
 * Reads what CloudWatch Logs hands to a subscriber: the newest failed step in it. The function's log has passed its
 * redactor, so it holds no secret.
 *
 * @throws Error when there is none: the subscription's filter lets nothing else through
 */
export function readNotice(event: unknown): Notice {
  const { data } = Subscription.parse(event).awslogs;
  const text = gunzipSync(Buffer.from(data, 'base64')).toString('utf8');
  const { logEvents } = Batch.parse(JSON.parse(text));
  const failed = logEvents.flatMap(({ message }) => failedStep(message)).at(-1);
  if (failed === undefined) throw new Error('expected a line of a failed step in the log');
  const { rotation, step, versionId, error } = failed;
  return {
    rotation: oneLine(rotation),
    step: oneLine(step),
    versionId: oneLine(versionId),
    error: oneLine(error.name),
    message: oneLine(error.message),
  };
}

function failedStep(line: string): readonly z.infer<typeof FailedStep>[] {
  try {
    return [FailedStep.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}

/** EventBridge puts each line of a message in quotes and escapes nothing. */
function oneLine(text: string): string {
  return text
    .replaceAll('"', "'")
    .replaceAll(/[\s\\]+/g, ' ')
    .slice(0, TEXT_LENGTH_MAX);
}
