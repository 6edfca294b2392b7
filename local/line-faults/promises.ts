import type { Engine } from '../../lambda/ports/database.ts';
import type { Clouds } from '../clouds/clouds.ts';
import { loginsOf, type Login } from '../clouds/logins.ts';
import { passwordIn, readAws, readOci, usernameIn } from '../clouds/published.ts';

/** A promise that was broken, and what was found in place of what it says. */
export interface Breach {
  readonly promise: string;
  readonly found: string;
}

const LABELS = ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS'];
/** What Lambda says of a process that was killed. */
const KILLED = /^Runtime\.ExitError: .*signal: killed$/;
/** Every error of Lockstep's own tells what to do next. */
const TYPED = /^[A-Za-z]+Error: .*\bNext: /s;

/**
 * Nobody is locked out: logs in to every database with what is stored under a label, until one version opens it. Where
 * there is no window, AWSCURRENT must be that one.
 *
 * @param moment when it is looked, for the finding
 */
export async function lockedOut(
  clouds: Clouds,
  { withoutWindow, moment }: { readonly withoutWindow: readonly Engine[]; readonly moment: string },
): Promise<readonly Breach[]> {
  const stored = labelledSecrets(clouds);
  const breaches = await Promise.all(
    loginsOf(clouds).map(async (login) => {
      const tried = withoutWindow.includes(login.engine) ? stored.slice(0, 1) : stored;
      const answers: string[] = [];
      for (const { label, text } of tried) {
        const answer = await answerTo(login, text);
        if (answer === 'accepted') return [];
        answers.push(`${label}: ${answer}`);
      }
      const promise =
        tried.length < stored.length
          ? 'AWSCURRENT opens a database that keeps the old password, at every instant'
          : 'nobody is locked out: a version with a label opens every database';
      return [{ promise, found: `${login.name}, ${moment}: ${answers.join(', ')}` }];
    }),
  );
  return breaches.flat();
}

/** What is to hold once the service has done with the rotation. */
export async function unkept(
  clouds: Clouds,
  rotation: {
    readonly status: string;
    /** Whether the audit trail says that the version was promoted. */
    readonly isRecorded: boolean;
    readonly failures: readonly string[];
    /** Whether the process was killed by us, once. */
    readonly wasKilled: boolean;
  },
): Promise<readonly Breach[]> {
  const { status, isRecorded } = rotation;
  const breaches: Breach[] = [];
  if (status !== 'succeeded') {
    const promise = 'the retry of the service finishes the rotation';
    breaches.push({ promise, found: `the rotation has ${status}` });
  } else if (!isRecorded) {
    const promise = 'the audit trail tells of every promotion';
    breaches.push({ promise, found: 'no entry says that the version was promoted' });
  }
  const [aws, oci] = await Promise.all([readAws(clouds), readOci(clouds)]);
  for (const login of loginsOf(clouds)) {
    const answer = await answerTo(login, aws);
    if (answer === 'accepted') continue;
    breaches.push({
      promise: 'AWSCURRENT opens every database',
      found: `${login.name}: ${answer}`,
    });
  }
  if (aws !== oci) {
    const promise = 'both vaults publish the same';
    breaches.push({ promise, found: 'OCI CURRENT differs from AWSCURRENT' });
  }
  return [...breaches, ...unsaid(rotation)];
}

/** Failures that are no typed errors; of a process that was killed once, one is not. */
function unsaid({
  failures,
  wasKilled,
}: {
  readonly failures: readonly string[];
  readonly wasKilled: boolean;
}): readonly Breach[] {
  const deaths = failures.filter((failure) => KILLED.test(failure));
  const untyped = failures.filter((failure) => !KILLED.test(failure) && !TYPED.test(failure));
  return [...deaths.slice(wasKilled ? 1 : 0), ...untyped].map((found) => ({
    promise: 'a failure is said, by a typed error',
    found,
  }));
}

async function answerTo(login: Login, text: string): Promise<string> {
  try {
    return (await login.accepts(passwordIn(text), usernameIn(text))) ? 'accepted' : 'refused';
  } catch (error) {
    return String(error);
  }
}

/** AWSCURRENT first. */
function labelledSecrets({
  vaults,
}: Clouds): readonly { readonly label: string; readonly text: string }[] {
  const { labels, versions } = vaults.aws.secretsManager.inspect(vaults.secretArn);
  return LABELS.flatMap((label) => {
    const value = versions.get(labels.get(label) ?? '')?.value;
    return value !== undefined && 'text' in value ? [{ label, text: value.text }] : [];
  });
}
