import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { InspectionRequest } from '../lambda/inspection-event.ts';
import type { DoctorReport } from '../lambda/inspection/finding.ts';
import type { StatusReport } from '../lambda/inspection/status-report.ts';
import { CommandError } from './command-error.ts';
import { answerOf } from './function-call.ts';

const INSPECTOR_PREFIX = 'lockstep_inspector-';

export interface Reports {
  readonly status: StatusReport;
  readonly doctor: DoctorReport;
}

/**
 * Calls the function that looks at a rotation, and waits for its report. Needs lambda:InvokeFunction on it.
 *
 * @throws CommandError when there is no such function, or with what it says when it failed
 */
export async function callInspector<Inspection extends InspectionRequest>(
  client: LambdaClient,
  name: string,
  request: Inspection,
): Promise<Reports[Inspection['inspection']]> {
  const functionName = `${INSPECTOR_PREFIX}${name}`;
  try {
    const sent = await client.send(
      new InvokeCommand({
        FunctionName: functionName,
        InvocationType: 'RequestResponse',
        Payload: Buffer.from(JSON.stringify(request)),
      }),
    );
    const logGroup = `/aws/lambda/${functionName}`;
    return answerOf(sent, { logGroup }) as Reports[Inspection['inspection']];
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
    throw new CommandError(`there is no function ${functionName}`, {
      remedy: 'deploy the rotation with this version (cdk deploy), and check --region',
      ending: 'unreachable',
    });
  }
}
