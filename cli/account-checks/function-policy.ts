import { GetPolicyCommand } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { ok, unchecked, wrong, type Finding } from '../../lambda/inspection/finding.ts';
import { isMissing, look, type Account } from './account.ts';

const CHECK = 'function-policy';
const SERVICE = 'secretsmanager.amazonaws.com';
const INVOKE = 'lambda:InvokeFunction';

const OneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => (typeof given === 'string' ? [given] : given));
const Statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.literal('*'), z.record(z.string(), OneOrMore)]),
  Action: OneOrMore,
  Condition: z.record(z.string(), z.record(z.string(), OneOrMore)).default({}),
});
const Policy = z.object({ Statement: z.array(Statement) });
type Statement = z.infer<typeof Statement>;

interface Rotated {
  readonly functionName: string;
  readonly secretArn: string;
}

/** Whether Secrets Manager may call the function, and for this secret alone. Needs lambda:GetPolicy. */
export async function functionPolicy(account: Account): Promise<readonly Finding[]> {
  const { functionName, config } = account.target;
  const about = { check: CHECK, subject: functionName, right: 'lambda:GetPolicy on it' };
  return await look(account, about, async () => {
    const text = await readPolicy(account);
    return [judgeFunctionPolicy(text, { functionName, secretArn: config.secretArn })];
  });
}

/** @returns undefined where nobody was ever permitted to call the function: Lambda then has no policy of it */
async function readPolicy({ lambda, target }: Account): Promise<string | undefined> {
  try {
    const command = new GetPolicyCommand({ FunctionName: target.functionName });
    return (await lambda.send(command)).Policy;
  } catch (error) {
    if (isMissing(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
}

/** @param text the policy as GetPolicy has it */
export function judgeFunctionPolicy(text: string | undefined, rotated: Rotated): Finding {
  const { functionName: subject, secretArn } = rotated;
  const policy = parsePolicy(text);
  if (policy === undefined) return notRead(subject);
  const ofService = policy.filter(isForService);
  if (ofService.some(({ Effect: effect }) => effect === 'Deny')) return notRead(subject);
  const allowing = ofService.filter((statement) => isForSecret(statement, secretArn));
  if (allowing.length === 0) return notAllowed(rotated, ofService);
  if (allowing.some(isBound)) {
    return ok(CHECK, subject, 'Secrets Manager may call it, for this secret');
  }
  return wrong('warning', {
    check: CHECK,
    subject,
    found: 'Secrets Manager may call it for any secret of any account',
    remedy: `deploy the rotation again, then take the other permission away: aws lambda remove-permission --function-name ${subject} --statement-id …`,
  });
}

function parsePolicy(text: string | undefined): readonly Statement[] | undefined {
  if (text === undefined) return [];
  try {
    return Policy.parse(JSON.parse(text)).Statement;
  } catch {
    return undefined;
  }
}

function notRead(subject: string): Finding {
  return unchecked(CHECK, subject, {
    finding: 'its resource policy has more in it than a deployment puts there',
    remedy: `read it: aws lambda get-policy --function-name ${subject}`,
  });
}

function notAllowed(
  { functionName: subject, secretArn }: Rotated,
  ofService: readonly Statement[],
): Finding {
  const account = accountOf(secretArn);
  return wrong('failure', {
    check: CHECK,
    subject,
    found:
      ofService.length === 0
        ? 'nothing permits Secrets Manager to call it, so that every rotation is refused'
        : 'Secrets Manager may call it for other secrets only',
    remedy: `deploy the rotation again, or aws lambda add-permission --function-name ${subject} --statement-id secrets-manager --action ${INVOKE} --principal ${SERVICE} --source-account ${account} --source-arn ${secretArn}`,
  });
}

function isForService({ Principal: principal, Action: actions }: Statement): boolean {
  const isFor = principal === '*' || (principal['Service']?.includes(SERVICE) ?? false);
  return isFor && actions.some((action) => ['*', 'lambda:*', INVOKE].includes(action));
}

function isForSecret(statement: Statement, secretArn: string): boolean {
  const accounts = valuesOf(statement, 'aws:sourceaccount');
  const arns = valuesOf(statement, 'aws:sourcearn');
  return (
    (accounts?.includes(accountOf(secretArn)) ?? true) &&
    (arns?.some((pattern) => isLike(secretArn, pattern)) ?? true)
  );
}

/** An account in the ARN of a secret is as good as one of its own. */
function isBound(statement: Statement): boolean {
  return (
    (valuesOf(statement, 'aws:sourceaccount') ?? valuesOf(statement, 'aws:sourcearn')) !== undefined
  );
}

/** Names of condition keys are the same in any case (IAM). */
function valuesOf({ Condition: condition }: Statement, key: string): readonly string[] | undefined {
  return Object.values(condition)
    .flatMap((one) => Object.entries(one))
    .find(([name]) => name.toLowerCase() === key)?.[1];
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

/** As ArnLike: an asterisk stands for any characters, a question mark for one. */
function isLike(arn: string, pattern: string): boolean {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(arn);
}
