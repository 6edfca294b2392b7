/** What a client of the AWS SDK knows of where its service is. */
interface AddressedClient {
  readonly config: {
    readonly region: () => Promise<string>;
    readonly useFipsEndpoint: () => Promise<boolean>;
    readonly useDualstackEndpoint: () => Promise<boolean>;
    endpointProvider(parameters: {
      readonly Region: string;
      readonly UseFIPS: boolean;
      readonly UseDualStack: boolean;
      readonly Bucket?: string;
    }): { readonly url: URL };
  };
}

export interface AwsService {
  /** As in AWS_ENDPOINT_URL_…: `SECRETS_MANAGER`. */
  readonly service: string;
  /** Of S3: a bucket has a host of its own. */
  readonly bucket?: string;
}

/**
 * Where a client of the AWS SDK sends its calls: to the endpoint of the environment, else to that of the service in the
 * region and its partition, which is for the SDK to know.
 */
export async function awsServiceUrl(
  { config }: AddressedClient,
  { service, bucket }: AwsService,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<URL> {
  const given = [environment[`AWS_ENDPOINT_URL_${service}`], environment['AWS_ENDPOINT_URL']].find(
    (url) => url !== undefined && url !== '',
  );
  if (given !== undefined) return new URL(given);
  const { url } = config.endpointProvider({
    Region: await config.region(),
    UseFIPS: await config.useFipsEndpoint(),
    UseDualStack: await config.useDualstackEndpoint(),
    ...(bucket !== undefined && { Bucket: bucket }),
  });
  return url;
}
