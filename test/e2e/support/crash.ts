import { setTimeout as sleep } from 'node:timers/promises';
import type { Clouds } from '../../../local/clouds/clouds.ts';
import type { FaultRule } from '../../../local/faults.ts';
import { LambdaInvocationError } from '../../../local/lambda/local-lambda.ts';

const LOOK_PAUSE_MS = 5;
const LOOKS_MAX = 6_000;

/** Resolves when `condition` holds; it is looked at every few milliseconds. @throws after half a minute */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  for (let look = 1; look <= LOOKS_MAX; look += 1) {
    if (await condition()) return;
    await sleep(LOOK_PAUSE_MS);
  }
  throw new Error(`${what} did not happen`);
}

/**
 * Lets a fault strike a call that keeps the function waiting, and kills the function while it waits.
 *
 * @param isReady whether the moment has come, asked once the call has arrived
 */
export async function killInside(
  { faults, lambda }: Clouds,
  { rule, isReady }: { readonly rule: FaultRule; readonly isReady: () => Promise<boolean> },
): Promise<void> {
  const { call, skip = 0 } = rule;
  const before = faults.calls.length;
  faults.add(rule);
  await until(`the call ${call}`, () => {
    return faults.calls.slice(before).filter((one) => one === call).length > skip;
  });
  await until(`the moment in ${call}`, isReady);
  await lambda.kill();
}

/** What an invocation fails with. @throws when it does not */
export async function failureOf(invocation: Promise<unknown>): Promise<LambdaInvocationError> {
  try {
    await invocation;
  } catch (error) {
    if (error instanceof LambdaInvocationError) return error;
    throw error;
  }
  throw new Error('the function did not fail');
}
