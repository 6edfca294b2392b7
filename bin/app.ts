import process from 'node:process';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ConfigError } from '../config/parse.ts';
import { RotationStack } from '../lib/rotation-stack.ts';
import { findRotations, readRotations } from '../lib/rotations.ts';
import { SynthesisError } from '../lib/synthesis-error.ts';

const app = new App({ analyticsReporting: false });
// A finding without an acknowledgement stops the synthesis. Each acknowledgement stands beside its construct.
Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));

try {
  addRotations();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof SynthesisError)) throw error;
  process.stderr.write(`lockstep: ${error.message}\n`);
  process.exit(1);
}

function addRotations(): void {
  const context: unknown = app.node.tryGetContext('rotations');
  const { file, isExample } = findRotations(process.cwd(), [
    typeof context === 'string' ? context : undefined,
    process.env['LOCKSTEP_ROTATIONS'],
  ]);
  if (isExample) {
    process.stderr.write(
      'lockstep: there is no rotations.json; this is rotations.example.json, which is not for deploying\n',
    );
  }
  const { folder, entries } = readRotations(file);
  for (const rotation of entries) {
    const stack = new RotationStack(app, `Lockstep-${rotation.name}`, { rotation, folder });
    if (rotation.alarms !== undefined) continue;
    Validations.of(stack).addWarning(
      'lockstep:nobodyIsTold',
      `rotation "${rotation.name}" has no "alarms": nobody is told when it fails`,
    );
  }
}
