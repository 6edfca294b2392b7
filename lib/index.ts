/**
 * What another CDK app may use. A rotation is a `PasswordRotation`; `RotationAlarms` tells people of its failures, and
 * `RotationDashboard` shows it. `RotationStack` is how this project itself deploys an entry of rotations.json.
 */
export type { AuditCopyTo } from '../config/audit-copy-config.ts';
export type { DatabaseConfig } from '../config/database-config.ts';
export type { OciVaultConfig } from '../config/mirror-config.ts';
export { AuditBucket, type AuditBucketProps } from './audit-bucket.ts';
export type { ConnectionStringsMirrorProps, ConnectionStringsProps } from './connection-strings.ts';
export type { EndpointService } from './interface-endpoints.ts';
export { AlarmTopic, type AlarmTopicProps } from './monitoring/alarm-topic.ts';
export { RotationAlarms, type RotationAlarmsProps } from './monitoring/rotation-alarms.ts';
export { RotationDashboard, type RotationDashboardProps } from './monitoring/rotation-dashboard.ts';
export { PasswordRotation } from './password-rotation.ts';
export type { PasswordRotationProps } from './password-rotation-props.ts';
export { rdsCaFile } from './rds-ca/pinned-roots.ts';
export { RotationStack, type RotationStackProps } from './rotation-stack.ts';
export { SynthesisError } from './synthesis-error.ts';
