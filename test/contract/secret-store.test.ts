import { describeSecretStoreContract } from './secret-store-contract.ts';
import { startAdapter, startMemory } from './secret-store-subjects.ts';

describeSecretStoreContract('the adapter over HTTP', startAdapter);
describeSecretStoreContract('in memory', startMemory);
