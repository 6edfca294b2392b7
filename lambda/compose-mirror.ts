import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { STSClient } from '@aws-sdk/client-sts';
import type { ApiKeyAuth, FederatedAuth, OciVaultConfig } from '../config/mirror-config.ts';
import { readSecretString } from './adapters/aws-secret-string.ts';
import { LazyMirror, once } from './adapters/lazy.ts';
import type { OciAccess } from './adapters/oci-access.ts';
import { OCI_DOCUMENT_BYTES_MAX } from './adapters/oci-document-size.ts';
import type { OciSessionSlot } from './adapters/oci-federated-access.ts';
import type { OciSessionKeys } from './adapters/oci-session.ts';
import type { Redactor } from './domain/redactor.ts';
import type { Clock, TimeBudget } from './domain/time-budget.ts';
import type { SignIn } from './ports/sign-in.ts';

/** What a mirror's adapter is made of, beside its configuration. */
export interface MirrorParts {
  readonly container: {
    readonly secretsManager: SecretsManagerClient;
    /** Loads the SDK of STS with the first call. */
    readonly sts: () => Promise<STSClient>;
    /** Of every federated way in, by what `keyOf` gives for it. */
    readonly ociSessions: Map<string, OciSessionSlot>;
    /** What a session signs with. @default a fresh RSA key pair */
    readonly makeSessionKeys?: () => Promise<OciSessionKeys>;
  };
  /** Every way in that this invocation has, likewise: two secrets behind the same one share it. */
  readonly ociAccesses: Map<string, () => Promise<OciAccess>>;
  readonly budget: TimeBudget;
  readonly redactor: Redactor;
  readonly clock: Clock;
}

/** Puts OCI Vault behind a mirror's port. The adapter, and OCI's SDK, is made when it is first used. */
export function composeMirror(config: OciVaultConfig, parts: MirrorParts): LazyMirror {
  const { budget, redactor, clock } = parts;
  return new LazyMirror(
    { name: config.name, documentBytesMax: OCI_DOCUMENT_BYTES_MAX },
    async () => {
      const [access, { makeOciVaultMirror }] = await Promise.all([
        composeOciAccess(config, parts),
        import('./adapters/oci-vault.ts'),
      ]);
      return makeOciVaultMirror({ config, access, budget, clock, redactor });
    },
  );
}

/**
 * The way in to OCI that the mirror's configuration names, for one invocation.
 *
 * @throws ConfigurationError, VaultUnreachableError, VaultRefusedError, DeadlineError
 */
export async function composeOciAccess(
  { name, auth }: OciVaultConfig,
  parts: MirrorParts,
): Promise<OciAccess> {
  const { ociAccesses } = parts;
  const key = keyOf(auth);
  const access =
    ociAccesses.get(key) ??
    once(async () =>
      auth.type === 'federated'
        ? await composeFederatedAccess(name, auth, parts)
        : await composeApiKeyAccess(auth, parts),
    );
  ociAccesses.set(key, access);
  return await access();
}

function keyOf(auth: OciVaultConfig['auth']): string {
  return JSON.stringify(auth);
}

async function composeApiKeyAccess(
  { secretArn }: ApiKeyAuth,
  { container, budget, redactor }: MirrorParts,
): Promise<OciAccess> {
  const [text, { parseOciApiKeySecret }] = await Promise.all([
    readSecretString(container.secretsManager, { secretArn, budget, redactor }),
    import('./adapters/oci-api-key-secret.ts'),
  ]);
  return parseOciApiKeySecret(text, { secretArn, redactor });
}

async function composeFederatedAccess(
  subject: string,
  auth: FederatedAuth,
  { container, budget, redactor, clock }: MirrorParts,
): Promise<OciAccess> {
  const [{ OciFederatedAccess }, { parseOAuthClient }] = await Promise.all([
    import('./adapters/oci-federated-access.ts'),
    import('./adapters/oci-oauth-client.ts'),
  ]);
  const { audience, clientSecretArn: secretArn } = auth;
  return new OciFederatedAccess({
    subject,
    auth,
    slot: slotOf(keyOf(auth), container.ociSessions),
    getWebIdentityToken: async () => {
      const [client, { getWebIdentityToken }] = await Promise.all([
        container.sts(),
        import('./adapters/aws-web-identity.ts'),
      ]);
      return await getWebIdentityToken({ client, subject, audience, budget, redactor });
    },
    makeKeys: container.makeSessionKeys,
    readOAuthClient: async () => {
      const text = await readSecretString(container.secretsManager, {
        secretArn,
        budget,
        redactor,
      });
      return parseOAuthClient(text, { secretArn, redactor });
    },
    budget,
    clock,
    redactor,
  });
}

/** How the function is let in to each federated mirror, step by step, for who looks what fails. */
export function composeSignIns(
  mirrors: readonly OciVaultConfig[],
  parts: MirrorParts,
): readonly SignIn[] {
  const { container, budget, redactor } = parts;
  return mirrors.flatMap((mirror) => {
    const { name: subject, auth } = mirror;
    if (auth.type !== 'federated') return [];
    const { audience } = auth;
    return [
      {
        subject,
        claims: async () => {
          const [client, { getWebIdentityToken }, { claimsOf }] = await Promise.all([
            container.sts(),
            import('./adapters/aws-web-identity.ts'),
            import('./adapters/web-identity-claims.ts'),
          ]);
          const options = { client, subject, audience, budget, redactor };
          return claimsOf(await getWebIdentityToken(options), subject);
        },
        exchange: async () => {
          await (await composeOciAccess(mirror, parts)).signingKey();
        },
      },
    ];
  });
}

function slotOf(key: string, slots: Map<string, OciSessionSlot>): OciSessionSlot {
  const known = slots.get(key) ?? { session: undefined };
  slots.set(key, known);
  return known;
}
