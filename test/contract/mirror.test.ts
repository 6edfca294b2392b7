import { startFederated } from './federated-subject.ts';
import { describeMirrorContract } from './mirror-contract.ts';
import { startAdapter, startMemory } from './mirror-subjects.ts';
import { describeOciMirrorContract } from './oci-mirror-contract.ts';
import {
  startAdapter as startSecretsManagerAdapter,
  startMemory as startSecretsManagerMemory,
} from './secrets-manager-mirror-subjects.ts';

describeMirrorContract('OCI Vault, the adapter over HTTP', startAdapter);
describeMirrorContract('OCI Vault, with federated access', startFederated);
describeMirrorContract('OCI Vault, in memory', startMemory);
describeMirrorContract('Secrets Manager, the adapter over HTTP', startSecretsManagerAdapter);
describeMirrorContract('Secrets Manager, in memory', startSecretsManagerMemory);
describeOciMirrorContract('the adapter over HTTP', startAdapter);
describeOciMirrorContract('with federated access', startFederated);
describeOciMirrorContract('in memory', startMemory);
