import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type {
  DescribeKeyRequest,
  DescribeKeyResponse,
  GenerateMacRequest,
  GenerateMacResponse,
  MacAlgorithmSpec,
  VerifyMacRequest,
  VerifyMacResponse,
} from '@aws-sdk/client-kms';
import type { HttpService } from './http-stand-in.ts';
import { jsonService, type JsonInput } from './json-protocol.ts';
import { invalid } from './secret-input.ts';
import { AwsServiceError } from './service-error.ts';

/** What a key is made for; an HMAC key has the one algorithm that its name says. */
export type KeySpec = 'HMAC_224' | 'HMAC_256' | 'HMAC_384' | 'HMAC_512' | 'SYMMETRIC_DEFAULT';
export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion';

export interface NewKey {
  /** @default a random one */
  readonly keyId?: string;
  /** @default HMAC_256 */
  readonly keySpec?: KeySpec;
  /** The key itself, as where it is imported. @default random bytes */
  readonly material?: Buffer;
}

interface HmacKey {
  readonly arn: string;
  readonly keySpec: KeySpec;
  readonly material: Buffer;
  state: KeyState;
  readonly createdMs: number;
  deletionMs: number | undefined;
}

interface MacInput {
  readonly KeyId: string;
  readonly Message: Uint8Array;
  readonly MacAlgorithm: MacAlgorithmSpec;
}

const HASHES: ReadonlyMap<string, string> = new Map([
  ['HMAC_SHA_224', 'sha224'],
  ['HMAC_SHA_256', 'sha256'],
  ['HMAC_SHA_384', 'sha384'],
  ['HMAC_SHA_512', 'sha512'],
]);
const KEY_BYTES = 32;
/** ScheduleKeyDeletion: the waiting period where none is said. */
const DELETION_MS = 30 * 24 * 60 * 60 * 1_000;
const MESSAGE_BYTES_MAX = 4096;
const MAC_BYTES_MAX = 6144;

/**
 * Keys of KMS, in memory; only those for HMAC can be used. Names of errors and limits are those of the KMS API reference, texts of operators' reports.
 * A key is named by its ARN or its id. Policies, grants, aliases and encryption are not modelled.
 */
export class KmsKeys {
  readonly #keys = new Map<string, HmacKey>();
  readonly #arnPrefix: string;
  readonly #accountId: string;
  readonly #now: () => number;

  constructor({
    region = 'eu-west-1',
    accountId = '111111111111',
    now = (): number => Date.now(),
  } = {}) {
    this.#arnPrefix = `arn:aws:kms:${region}:${accountId}:key`;
    this.#accountId = accountId;
    this.#now = now;
  }

  /** Makes a key and gives back its ARN. */
  create(key: NewKey = {}): string {
    const { keyId = randomUUID(), keySpec = 'HMAC_256', material = randomBytes(KEY_BYTES) } = key;
    const arn = `${this.#arnPrefix}/${keyId}`;
    const createdMs = this.#now();
    const state = 'Enabled';
    this.#keys.set(arn, { arn, keySpec, material, state, createdMs, deletionMs: undefined });
    return arn;
  }

  setState(arn: string, state: KeyState): void {
    const key = this.#find(arn);
    key.state = state;
    key.deletionMs = state === 'PendingDeletion' ? this.#now() + DELETION_MS : undefined;
  }

  /** A key tells of itself in every state. */
  describeKey({ KeyId: keyId }: DescribeKeyRequest): DescribeKeyResponse {
    if (keyId === undefined) throw invalid('keyId', 'Member must not be null');
    const { arn, keySpec, state, createdMs, deletionMs } = this.#find(keyId);
    const isHmac = keySpec !== 'SYMMETRIC_DEFAULT';
    return {
      KeyMetadata: {
        AWSAccountId: this.#accountId,
        KeyId: arn.split('/').at(-1),
        Arn: arn,
        CreationDate: new Date(createdMs),
        Enabled: state === 'Enabled',
        KeyState: state,
        KeyManager: 'CUSTOMER',
        KeySpec: keySpec,
        KeyUsage: isHmac ? 'GENERATE_VERIFY_MAC' : 'ENCRYPT_DECRYPT',
        ...(isHmac && {
          MacAlgorithms: [keySpec.replace('HMAC', 'HMAC_SHA') as MacAlgorithmSpec],
        }),
        ...(deletionMs !== undefined && { DeletionDate: new Date(deletionMs) }),
        Origin: 'AWS_KMS',
        MultiRegion: false,
      },
    };
  }

  generateMac(request: GenerateMacRequest): GenerateMacResponse {
    const input = checkInput(request);
    const key = this.#usable(input, 'GenerateMac');
    return { Mac: macOf(key, input), MacAlgorithm: input.MacAlgorithm, KeyId: key.arn };
  }

  verifyMac(request: VerifyMacRequest): VerifyMacResponse {
    const input = checkInput(request);
    const { Mac: mac } = request;
    if (mac === undefined) throw invalid('mac', 'Member must not be null');
    if (mac.length === 0 || mac.length > MAC_BYTES_MAX) {
      throw invalid('mac', `Member must have length between 1 and ${MAC_BYTES_MAX}`);
    }
    const key = this.#usable(input, 'VerifyMac');
    const expected = macOf(key, input);
    if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) {
      throw new AwsServiceError('KMSInvalidMacException', '');
    }
    return { KeyId: key.arn, MacValid: true, MacAlgorithm: input.MacAlgorithm };
  }

  #usable({ KeyId, MacAlgorithm }: MacInput, operation: string): HmacKey {
    const key = this.#find(KeyId);
    const { arn, keySpec, state } = key;
    if (state === 'Disabled') throw new AwsServiceError('DisabledException', `${arn} is disabled.`);
    if (state === 'PendingDeletion') {
      throw new AwsServiceError('KMSInvalidStateException', `${arn} is pending deletion.`);
    }
    if (keySpec === 'SYMMETRIC_DEFAULT') {
      throw new AwsServiceError(
        'InvalidKeyUsageException',
        `${arn} key usage is ENCRYPT_DECRYPT which is not valid for ${operation}.`,
      );
    }
    if (MacAlgorithm !== keySpec.replace('HMAC', 'HMAC_SHA')) {
      throw new AwsServiceError(
        'InvalidKeyUsageException',
        `Algorithm ${MacAlgorithm} is incompatible with key spec ${keySpec}.`,
      );
    }
    return key;
  }

  #find(keyId: string): HmacKey {
    const arn = keyId.startsWith('arn:') ? keyId : `${this.#arnPrefix}/${keyId}`;
    const key = this.#keys.get(arn);
    if (key === undefined) {
      throw new AwsServiceError('NotFoundException', `Key '${arn}' does not exist`);
    }
    return key;
  }
}

function checkInput({ KeyId, Message, MacAlgorithm }: GenerateMacRequest): MacInput {
  if (KeyId === undefined) throw invalid('keyId', 'Member must not be null');
  if (Message === undefined) throw invalid('message', 'Member must not be null');
  if (Message.length === 0 || Message.length > MESSAGE_BYTES_MAX) {
    throw invalid('message', `Member must have length between 1 and ${MESSAGE_BYTES_MAX}`);
  }
  if (MacAlgorithm === undefined || !HASHES.has(MacAlgorithm)) {
    throw invalid('macAlgorithm', 'Member must satisfy enum value set: [HMAC_SHA_224, …]');
  }
  return { KeyId, Message, MacAlgorithm };
}

function macOf({ material }: HmacKey, { Message, MacAlgorithm }: MacInput): Buffer {
  return createHmac(HASHES.get(MacAlgorithm) ?? '', material)
    .update(Message)
    .digest();
}

/** The keys over HTTP. */
export function kmsService(keys: KmsKeys): HttpService {
  return jsonService({
    name: 'kms',
    targetPrefix: 'TrentService',
    internalError: 'KMSInternalException',
    decode: (input) => ({ ...input, ...bytesOf(input, 'Message'), ...bytesOf(input, 'Mac') }),
    operations: {
      DescribeKey: keys.describeKey.bind(keys),
      GenerateMac: keys.generateMac.bind(keys),
      VerifyMac: keys.verifyMac.bind(keys),
    },
  });
}

function bytesOf(input: JsonInput, field: string): JsonInput {
  const text = input[field];
  return typeof text === 'string' ? { [field]: Buffer.from(text, 'base64') } : {};
}
