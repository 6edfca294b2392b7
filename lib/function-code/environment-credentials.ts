/** Stands for the AWS SDK's search for credentials; see substitutes.ts. */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
