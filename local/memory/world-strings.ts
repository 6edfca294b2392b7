import { ConnectionStringsMirror } from '../../lambda/adapters/connection-strings-mirror.ts';
import type { ConnectionTarget } from '../../lambda/domain/connection-strings.ts';
import type { Redactor } from '../../lambda/domain/redactor.ts';
import type { Clock } from '../../lambda/domain/time-budget.ts';
import type { Mirror } from '../../lambda/ports/mirror.ts';
import type { SecretsManagerModel } from '../aws/secrets-manager-model.ts';
import type { VaultModel } from '../oci/vault-model.ts';
import { createOciSecret } from './initial-state.ts';
import { makeMemoryMirror } from './mirror.ts';
import { makeMemorySecretsManagerMirror } from './secrets-manager-mirror.ts';
import type { Turn } from './turn.ts';
import type { MemoryFaults } from './under-faults.ts';

/** What one invocation brings to its mirrors. */
export interface StringsLine extends MemoryFaults {
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly turn?: Turn | undefined;
}

/** The second secrets of a world, one in each vault, which hold connection strings. At first they hold the credential alone. */
export class WorldStrings {
  /** Of the function's configuration; a deploy may change it. */
  targets: readonly ConnectionTarget[] = [
    { name: 'rds', engine: 'postgres', host: 'rds.example.com', port: 5432, database: 'orders' },
    { name: 'adb', engine: 'oracle', host: 'adb.example.com', port: 2484, serviceName: 'orders' },
  ];
  readonly secretArn: string;
  readonly secretOcid: string;
  readonly #secretsManager: SecretsManagerModel;
  readonly #vault: VaultModel;

  constructor(options: {
    readonly secretsManager: SecretsManagerModel;
    readonly vault: VaultModel;
    readonly text: string;
    readonly versionId: string;
  }) {
    const { secretsManager, vault, text } = options;
    this.#secretsManager = secretsManager;
    this.#vault = vault;
    this.secretArn =
      secretsManager.createSecret({
        Name: 'orders-strings',
        SecretString: text,
        ClientRequestToken: options.versionId,
      }).ARN ?? '';
    this.secretOcid = createOciSecret(vault, text, 'orders-strings');
  }

  /** The mirrors as one invocation reaches them. */
  mirrors(line: StringsLine): readonly Mirror[] {
    const { targets, secretArn, secretOcid } = this;
    const { redactor } = line;
    const mirrors = [
      makeMemorySecretsManagerMirror({
        ...line,
        name: 'secrets-manager-strings',
        model: this.#secretsManager,
        secretArn,
      }),
      makeMemoryMirror({ ...line, name: 'oci-strings', model: this.#vault, secretOcid }),
    ];
    return mirrors.map((mirror) => new ConnectionStringsMirror({ mirror, targets, redactor }));
  }

  /** What applications read in AWS and in OCI. */
  get published(): readonly [string, string] {
    const { SecretString: text = '' } = this.#secretsManager.getSecretValue({
      SecretId: this.secretArn,
    });
    const { body } = this.#vault.getSecretBundle(this.secretOcid, { stage: 'CURRENT' });
    return [text, Buffer.from(body.secretBundleContent.content, 'base64').toString('utf8')];
  }
}
