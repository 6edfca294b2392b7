import type { Context } from 'aws-lambda';
import { PowertoolsReporter } from './adapters/powertools-reporter.ts';
import {
  composeInspection,
  createInspectorContainer,
  type InspectorContainer,
} from './compose-inspection.ts';
import type { Environment } from './compose.ts';
import { Redactor } from './domain/redactor.ts';
import { doctor } from './inspection/doctor.ts';
import type { DoctorReport } from './inspection/finding.ts';
import type { StatusReport } from './inspection/status-report.ts';
import { status } from './inspection/status.ts';
import { parseInspectionEvent } from './inspection-event.ts';

export type InspectionReport = StatusReport | DoctorReport;

export type InspectorHandler = (
  event: unknown,
  invocation: Pick<Context, 'awsRequestId' | 'functionVersion' | 'getRemainingTimeInMillis'>,
) => Promise<InspectionReport>;

/** Before the configuration is read, nothing tells which rotation a log line belongs to. */
const UNCONFIGURED = 'unconfigured';

/**
 * Makes the function that looks at a rotation for the command line, once a container. It changes nothing, and its role
 * could not. It resolves to a report and rejects with an error; neither holds a secret.
 */
export function createInspectorHandler(environment: Environment): InspectorHandler {
  let container: InspectorContainer | undefined;
  return async (event, invocation) => {
    const redactor = new Redactor();
    const requestId = invocation.awsRequestId;
    const reporterOf = (rotation: string): PowertoolsReporter =>
      new PowertoolsReporter({ rotation, requestId, redactor });
    try {
      container ??= createInspectorContainer(environment);
      const request = parseInspectionEvent(event);
      const reporter = reporterOf(container.config.name);
      reporter.info('inspection.started', { inspection: request.inspection });
      const context = await composeInspection(container, {
        requestId,
        functionVersion: invocation.functionVersion,
        remainingMs: () => invocation.getRemainingTimeInMillis(),
        reporter,
        redactor,
      });
      const report =
        request.inspection === 'doctor' ? await doctor(context) : await status(context, request);
      return cleaned(report, redactor);
    } catch (error) {
      reporterOf(container?.config.name ?? UNCONFIGURED).warn('inspection.failed', { error });
      throw redactor.summarize(error);
    }
  };
}

/** The report as it leaves the function. It holds no secret; what a service said in it might. */
function cleaned(report: InspectionReport, redactor: Redactor): InspectionReport {
  const text = JSON.stringify(report, (_key, value: unknown) =>
    typeof value === 'string' ? redactor.clean(value) : value,
  );
  return JSON.parse(text) as InspectionReport;
}

export const handler: InspectorHandler = createInspectorHandler(process.env);
