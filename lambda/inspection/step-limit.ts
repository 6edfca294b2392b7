/** Lambda's own limit for an invocation: who has not been heard of for longer is not at work. */
export const STEP_MAX_MS = 15 * 60 * 1_000;
