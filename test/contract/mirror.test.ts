import { describeMirrorContract } from './mirror-contract.ts';
import { startAdapter, startMemory } from './mirror-subjects.ts';

describeMirrorContract('the adapter over HTTP', startAdapter);
describeMirrorContract('in memory', startMemory);
