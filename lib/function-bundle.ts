import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AssetHashType, BundlingOutput, DockerImage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import type { CaBundle } from './ca-bundle.ts';
import { type CodeFile, compileFunction } from './function-code/compile.ts';

const PROJECT_ROOT = path.join(import.meta.dirname, '..');
const HANDLER_ENTRY = path.join(PROJECT_ROOT, 'lambda/handler.ts');
/** The function that looks at a rotation for the command line. */
export const INSPECTOR_ENTRY = path.join(PROJECT_ROOT, 'lambda/inspector-handler.ts');

export interface FunctionBundleProps {
  /**
   * The TypeScript file that exports `handler`.
   *
   * @default - lambda/handler.ts of this project
   */
  readonly entry?: string;

  /** Certificates to ship beside the code. */
  readonly caBundles: readonly CaBundle[];
}

/**
 * The function's code with every SDK and driver in it, `index.js` and the parts that it loads when it comes to them, and
 * the CA bundles.
 *
 * The same sources give the same asset, byte for byte, wherever the checkout lies. Bundling runs esbuild on this
 * machine; no container and no network is needed.
 */
export function functionBundle({
  entry = HANDLER_ENTRY,
  caBundles,
}: FunctionBundleProps): AssetCode {
  return Code.fromAsset(path.dirname(entry), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      // The CDK bundles a folder once for equal options, and cannot see what a local bundler adds.
      environment: { INPUT: digest([entry, caBundles]) },
      outputType: BundlingOutput.NOT_ARCHIVED,
      local: {
        tryBundle: (outputFolder) => {
          writeCode(entry, outputFolder);
          writeCaBundles(caBundles, outputFolder);
          return true;
        },
      },
    },
  });
}

/** By entry. Several rotations, and the alarms of each, are the same code beside other CA bundles. */
const compiled = new Map<string, readonly CodeFile[]>();

function writeCode(entry: string, outputFolder: string): void {
  const files = compiled.get(entry) ?? compileFunction(entry).files;
  compiled.set(entry, files);
  for (const { name, text } of files) writeFileSync(path.join(outputFolder, name), text);
}

function writeCaBundles(caBundles: readonly CaBundle[], outputFolder: string): void {
  for (const { assetPath, pem } of caBundles) {
    const file = path.join(outputFolder, assetPath);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, pem);
  }
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
