import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { FunctionPermission } from '../aws/lambda-server.ts';
import { resolveIntrinsics } from './intrinsics.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const CDK = createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');
const SYNTHESIS_MAX_MS = 180_000;
/** The account that everything here is in. */
export const ACCOUNT_ID = '111111111111';

/** What Lambda would be given: where the bundle is, what it is called with, and its environment. */
export interface SynthesizedFunction {
  readonly taskRoot: string;
  readonly handler: string;
  readonly runtime: string;
  readonly functionName: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** The rotation function, and the one that looks at the rotation for the command line. */
export interface Synthesized extends SynthesizedFunction {
  /** Who may call the rotation function, beside whom IAM allows. */
  readonly permissions: readonly FunctionPermission[];
  readonly inspector: SynthesizedFunction;
}

const FUNCTION = 'AWS::Lambda::Function';
const PERMISSION = 'AWS::Lambda::Permission';
const SECRETS_MANAGER = 'secretsmanager.amazonaws.com';
const INSPECTOR_NAME = /^lockstep_inspector-/;
const ROTATION_NAME = /^lockstep-/;

const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.json()).default({}),
  Metadata: z.looseObject({ 'aws:asset:path': z.string().optional() }).optional(),
});
type Resource = z.infer<typeof Resource>;

const FunctionProperties = z.object({
  Handler: z.string(),
  Runtime: z.string(),
  FunctionName: z.string(),
  Timeout: z.number(),
  MemorySize: z.number(),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }),
});

const PermissionProperties = z.object({
  Action: z.string(),
  Principal: z.literal(SECRETS_MANAGER),
  SourceAccount: z.string().optional(),
  SourceArn: z.string().optional(),
});

const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z.looseObject({ templateFile: z.string().optional() }).optional(),
    }),
  ),
});

/**
 * Runs `cdk synth` for a rotations.json and reads the functions out of the template, as CloudFormation would deploy it.
 *
 * @param folder an empty folder for rotations.json and the cloud assembly
 * @param auditBucket the name that CloudFormation would have given to the audit bucket
 */
export async function synthesize({
  folder,
  rotations,
  auditBucket,
}: {
  readonly folder: string;
  readonly rotations: object;
  readonly auditBucket: string;
}): Promise<Synthesized> {
  const file = join(folder, 'rotations.json');
  const output = join(folder, 'cdk.out');
  await writeFile(file, JSON.stringify(rotations));
  await promisify(execFile)(
    process.execPath,
    [CDK, 'synth', '--quiet', '--output', output, '--context', `rotations=${file}`],
    {
      cwd: REPOSITORY,
      timeout: SYNTHESIS_MAX_MS,
      // The checks of the templates take longer than the synthesis, and nothing of this is deployed.
      env: { PATH: process.env['PATH'], HOME: folder, CDK_VALIDATION: 'false' },
    },
  );
  const resources = await readResources(output);
  const bucketId = Object.keys(resources).find((id) => resources[id]?.Type === 'AWS::S3::Bucket');
  if (bucketId === undefined) throw new Error('the template has no bucket');
  const references = new Map([
    [bucketId, auditBucket],
    ['AWS::AccountId', ACCOUNT_ID],
  ]);
  const functions = Object.values(resources).filter(({ Type: type }) => type === FUNCTION);
  const find = (name: RegExp): SynthesizedFunction => {
    const found = functions.find(({ Properties: { FunctionName: given } }) =>
      typeof given === 'string' ? name.test(given) : false,
    );
    if (found === undefined) throw new Error(`the template has no function ${String(name)}`);
    return readFunction(found, { output, references });
  };
  return {
    ...find(ROTATION_NAME),
    permissions: readPermissions(resources, references),
    inspector: find(INSPECTOR_NAME),
  };
}

/** Secrets Manager's: the service that calls here. It is given to the rotation function alone. */
function readPermissions(
  resources: Record<string, Resource>,
  references: ReadonlyMap<string, string>,
): readonly FunctionPermission[] {
  return Object.entries(resources).flatMap(([statementId, { Type: type, Properties: given }]) => {
    if (type !== PERMISSION || given['Principal'] !== SECRETS_MANAGER) return [];
    const wanted = Object.keys(PermissionProperties.shape).map((name) => [
      name,
      given[name] === undefined ? undefined : resolveIntrinsics(given[name], references),
    ]);
    const permission = PermissionProperties.parse(Object.fromEntries(wanted));
    const { Action: action, Principal: principal } = permission;
    const { SourceAccount: sourceAccount, SourceArn: sourceArn } = permission;
    return [
      {
        statementId,
        action,
        principal,
        ...(sourceAccount !== undefined && { sourceAccount }),
        ...(sourceArn !== undefined && { sourceArn }),
      },
    ];
  });
}

function readFunction(
  { Properties: properties, Metadata: metadata }: Resource,
  { output, references }: { output: string; references: ReadonlyMap<string, string> },
): SynthesizedFunction {
  const given = Object.fromEntries(
    Object.keys(FunctionProperties.shape).map((name) => [
      name,
      resolveIntrinsics(properties[name] ?? null, references),
    ]),
  );
  const lambda = FunctionProperties.parse(given);
  return {
    taskRoot: join(output, metadata?.['aws:asset:path'] ?? ''),
    handler: lambda.Handler,
    runtime: lambda.Runtime,
    functionName: lambda.FunctionName,
    timeoutMs: lambda.Timeout * 1_000,
    memoryMb: lambda.MemorySize,
    environment: lambda.Environment.Variables,
  };
}

async function readResources(output: string): Promise<Record<string, Resource>> {
  const read = async (file: string): Promise<unknown> =>
    JSON.parse(await readFile(join(output, file), 'utf8'));
  const { artifacts } = Manifest.parse(await read('manifest.json'));
  const stack = Object.values(artifacts).find(({ type }) => type === 'aws:cloudformation:stack');
  const file = stack?.properties?.templateFile;
  if (file === undefined) throw new Error('the cloud assembly has no stack');
  return z.looseObject({ Resources: z.record(z.string(), Resource) }).parse(await read(file))
    .Resources;
}
