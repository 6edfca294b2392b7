import { randomBytes } from 'node:crypto';
import type { GetParameterResult, PutParameterResult } from '@aws-sdk/client-ssm';
import type { HttpService } from './http-stand-in.ts';
import { invalid } from './secret-input.ts';
import { jsonService } from './json-protocol.ts';
import { AwsServiceError } from './service-error.ts';

const TYPES = ['String', 'StringList', 'SecureString'] as const;
type ParameterType = (typeof TYPES)[number];

export interface NewParameter {
  readonly Name: string;
  readonly Value: string;
  /** Needed for a new parameter; an overwrite keeps the type if none is given. */
  readonly Type?: ParameterType;
  /** @default false */
  readonly Overwrite?: boolean;
}

interface ParameterVersion {
  readonly version: number;
  readonly type: ParameterType;
  readonly value: string;
  /** What a reader without WithDecryption gets: nothing that can be computed from the value. */
  readonly ciphertext: string;
  readonly modifiedAt: number;
}

const VERSIONS_MAX = 100;
const VALUE_LENGTH_MAX = 4096;

/**
 * SSM parameters, standard tier, in memory. A parameter is read by name, by ARN or by `name:version`.
 * Texts are those of the Systems Manager API reference and of operators' reports; ParameterNotFound has
 * no text, as on AWS, so the SDK shows `UnknownError`. Labels, paths, policies and keys are not modelled.
 */
export class ParameterStore {
  readonly #parameters = new Map<string, ParameterVersion[]>();
  readonly #now: () => number;
  readonly #arnPrefix: string;

  constructor(options: { now(): number; region?: string; accountId?: string }) {
    const { region = 'eu-west-1', accountId = '111111111111' } = options;
    this.#now = (): number => options.now();
    this.#arnPrefix = `arn:aws:ssm:${region}:${accountId}:parameter`;
  }

  /** The 101st version takes the place of the oldest, which then cannot be read any more. */
  putParameter(request: NewParameter): PutParameterResult {
    const { Name: name, Value: value } = request;
    const before = this.#parameters.get(name) ?? [];
    const newest = before.at(-1);
    const type = request.Type ?? newest?.type;
    checkParameter({ name, value, type });
    if (newest !== undefined && request.Overwrite !== true) {
      throw new AwsServiceError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    const version = (newest?.version ?? 0) + 1;
    const next: ParameterVersion = {
      version,
      type: type ?? 'String',
      value,
      ciphertext: `AQICAH${randomBytes(120).toString('base64')}`,
      modifiedAt: this.#now(),
    };
    this.#parameters.set(name, [...before, next].slice(-VERSIONS_MAX));
    return { Version: version, Tier: 'Standard' };
  }

  getParameter(request: { Name: string; WithDecryption?: boolean }): GetParameterResult {
    const path = request.Name.startsWith(`${this.#arnPrefix}/`)
      ? request.Name.slice(this.#arnPrefix.length)
      : request.Name;
    const [name = '', selector] = path.split(':');
    const known = [name, name.replace(/^\//, '')].find((key) => this.#parameters.has(key));
    const versions = this.#parameters.get(known ?? '');
    if (known === undefined || versions === undefined) {
      throw new AwsServiceError('ParameterNotFound', '');
    }
    const found =
      selector === undefined
        ? versions.at(-1)
        : versions.find(({ version }) => String(version) === selector);
    if (found === undefined) {
      throw new AwsServiceError(
        'ParameterVersionNotFound',
        `Systems Manager could not find version ${selector ?? ''} of ${known}. Verify the version and try again.`,
      );
    }
    const isHidden = found.type === 'SecureString' && request.WithDecryption !== true;
    return {
      Parameter: {
        Name: known,
        Type: found.type,
        Value: isHidden ? found.ciphertext : found.value,
        Version: found.version,
        ...(selector !== undefined && { Selector: `:${selector}` }),
        LastModifiedDate: new Date(found.modifiedAt),
        ARN: `${this.#arnPrefix}${known.startsWith('/') ? '' : '/'}${known}`,
        DataType: 'text',
      },
    };
  }
}

function checkParameter({
  name,
  value,
  type,
}: {
  name: string;
  value: string;
  type: ParameterType | undefined;
}): void {
  if (!/^[A-Za-z0-9_./-]+$/.test(name) || (name.includes('/') && !name.startsWith('/'))) {
    throw refused('Parameter name must be a fully qualified name.');
  }
  if (type === undefined || !TYPES.includes(type)) {
    throw refused('A parameter type is required when you create a parameter.');
  }
  if (value === '') throw invalid('value', 'Member must have length greater than or equal to 1');
  if (value.length > VALUE_LENGTH_MAX) {
    throw refused(
      'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.',
    );
  }
}

/** The parameters over HTTP. */
export function ssmService(parameters: ParameterStore): HttpService {
  return jsonService({
    name: 'ssm',
    targetPrefix: 'AmazonSSM',
    internalError: 'InternalServerError',
    decode: (input) => {
      if (typeof input['Name'] !== 'string') throw invalid('name', 'Member must not be null');
      return input;
    },
    operations: {
      PutParameter: parameters.putParameter.bind(parameters),
      GetParameter: parameters.getParameter.bind(parameters),
    },
  });
}

function refused(message: string): AwsServiceError {
  return new AwsServiceError('ValidationException', message);
}
