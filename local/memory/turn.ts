/**
 * When a call of one invocation goes on, where several invocations run at once. It resolves or rejects as the call does.
 * A simulation puts the calls in an order of its own; everything else lets them go on at once.
 */
export type Turn = <Result>(call: () => Promise<Result>) => Promise<Result>;

export const atOnce: Turn = async (call) => await call();
