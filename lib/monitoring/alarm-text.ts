import { Tokenization } from 'aws-cdk-lib';

/** What CloudWatch takes as the description of an alarm. */
const DESCRIPTION_LENGTH_MAX = 1_024;
/** The longest name that CloudFormation makes up for a log group, and longer than any region or account. */
const UNKNOWN_LENGTH_MAX = 128;
const NAMES_LENGTH_MAX = 160;

export interface AlarmText {
  readonly rotationName: string;
  /** The complete ARN of the secret. */
  readonly secretArn: string;
  /** What happened, with the step where there is one. A sentence. */
  readonly finding: string;
  /** In which state each database and vault is, as far as the alarm alone can tell. Sentences. */
  readonly state: string;
  /** What to do, ending in a command. */
  readonly next: string;
  /** A command that shows more. */
  readonly look: string;
}

/**
 * The text that arrives with an alarm: which secret, what happened, what is the state, which command comes next, where to
 * look. Where names are so long that CloudWatch would not take it, the state is cut, never a command.
 */
export function alarmText({ rotationName, secretArn, ...text }: AlarmText): string {
  const before = `Rotation ${rotationName}, secret ${secretArn}: ${text.finding}\nState: `;
  const after = `\nNext: ${text.next}\nLook: ${text.look}`;
  const room = DESCRIPTION_LENGTH_MAX - deployedLength(before) - deployedLength(after);
  return `${before}${cut(text.state, room)}${after}`;
}

/** `a, b and c`; of many long names the first ones and how many more there are. */
export function listNames(names: readonly string[]): string {
  const shown: string[] = [];
  for (const name of names) {
    if ([...shown, name].join(', ').length > NAMES_LENGTH_MAX) break;
    shown.push(name);
  }
  const left = names.length - shown.length;
  const parts = left > 0 ? [...shown, `${left} more`] : shown;
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

function cut(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, Math.max(0, lengthMax - 1))}…`;
}

/** How long a text may be once the deployment has filled in what only it knows. */
function deployedLength(text: string): number {
  const filledIn: unknown = Tokenization.reverseString(text)
    .mapTokens({ mapToken: () => 'x'.repeat(UNKNOWN_LENGTH_MAX) })
    .join({ join: (left, right) => `${String(left ?? '')}${String(right ?? '')}` });
  return String(filledIn).length;
}
