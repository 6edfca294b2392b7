import { declareBatch } from './batch.ts';

await declareBatch(import.meta.url);
