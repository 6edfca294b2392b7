import { OPERATIONS, type Operation } from './operations.ts';

/** An operation with the parameters of its path, decoded. */
export interface Route {
  readonly operation: Operation;
  readonly path: Readonly<Record<string, string>>;
}

/** The operation at `method` and `pathname`; undefined if there is none. */
export function findRoute(method: string, pathname: string): Route | undefined {
  for (const operation of OPERATIONS) {
    const path = operation.method === method ? match(operation.path, pathname) : undefined;
    if (path !== undefined) return { operation, path };
  }
  return undefined;
}

/**
 * The call's name in a fault plan: `oci:` and the operation's, but `oci:PromoteSecretVersion` for an UpdateSecret that
 * carries `currentVersionNumber`, which OCI has no name of its own for.
 */
export function callName(operation: Operation, body: string): string {
  const isPromotion = operation.name === 'UpdateSecret' && carriesVersionNumber(body);
  return `oci:${isPromotion ? 'PromoteSecretVersion' : operation.name}`;
}

function match(template: string, pathname: string): Record<string, string> | undefined {
  const names = template.split('/');
  const values = pathname.split('/');
  if (names.length !== values.length) return undefined;
  const path: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const value = values[index] ?? '';
    if (name.startsWith('{')) path[name.slice(1, -1)] = decoded(value);
    else if (name !== value) return undefined;
  }
  return path;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function carriesVersionNumber(body: string): boolean {
  try {
    const details: unknown = JSON.parse(body);
    return typeof details === 'object' && details !== null && 'currentVersionNumber' in details;
  } catch {
    return false;
  }
}
