import type { HttpRequest } from './http-stand-in.ts';

/**
 * The service that the request's SigV4 credential is scoped to, or why there is none. Signatures are not
 * verified: the point is to refuse a client without credentials, or one that talks to the wrong service.
 */
export function credentialScope(
  request: HttpRequest,
): { readonly service: string } | 'missing' | 'malformed' {
  const { authorization } = request.headers;
  if (authorization === undefined || authorization === '') return 'missing';
  const scope =
    /^AWS4-HMAC-SHA256 Credential=[^/,\s]+\/\d{8}\/[\w-]+\/([\w-]+)\/aws4_request,\s*SignedHeaders=\S+,\s*Signature=[0-9a-f]{64}$/.exec(
      authorization,
    );
  return scope?.[1] === undefined ? 'malformed' : { service: scope[1] };
}
