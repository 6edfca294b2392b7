/**
 * The Node that is to run the function: the path in LOCKSTEP_LAMBDA_NODE, for example of Lambda's own version, or
 * undefined for the Node that runs this.
 */
export function findNode(
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  return environment['LOCKSTEP_LAMBDA_NODE'];
}
