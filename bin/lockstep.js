#!/usr/bin/env node
// The command line is TypeScript; this loads it.
import { register } from 'tsx/esm/api';

register();
await import('./lockstep.ts');
