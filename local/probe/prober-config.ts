import * as z from 'zod';
import { CLIENT_MODES } from './client-mode.ts';

const Shared = z.strictObject({
  name: z.string(),
  host: z.string(),
  port: z.int(),
  /** PEM of the CA that its certificate must chain to. */
  ca: z.string(),
});

/** Where an application finds a database, and whom it trusts. No credential: that is in the secret. */
export const ProbedDatabase = z.discriminatedUnion('engine', [
  Shared.extend({ engine: z.literal('postgres'), database: z.string() }),
  Shared.extend({ engine: z.literal('mysql') }),
  Shared.extend({ engine: z.literal('mariadb') }),
  z.strictObject({
    engine: z.literal('oracle'),
    name: z.string(),
    connectString: z.string(),
    walletContent: z.string(),
    walletPassword: z.string(),
  }),
]);

/** What the prober is given, on its standard input: its arguments and its environment hold nothing. */
export const ProberConfig = z.strictObject({
  secretsManager: z.strictObject({
    endpoint: z.string(),
    region: z.string(),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
  }),
  secretArn: z.string(),
  databases: z.array(ProbedDatabase).min(1),
  modes: z.array(z.enum(CLIENT_MODES)).min(1),
  /** Between two ticks of one application. */
  intervalMs: z.number().positive(),
  /** How long the `cached` applications keep what they have read. */
  cacheMs: z.number().positive(),
  /** After which the prober stops by itself. */
  runMaxMs: z.number().positive(),
});

export type ProbedDatabase = z.infer<typeof ProbedDatabase>;
export type ProberConfig = z.infer<typeof ProberConfig>;
