import type { CreateSecretDetails } from '../../local/oci/secret-details.ts';
import { OciServiceError } from '../../local/oci/service-error.ts';
import {
  VaultModel,
  type SecretSeed,
  type VaultModelOptions,
  type VersionTarget,
} from '../../local/oci/vault-model.ts';

const VAULT_ID = 'ocid1.vault.oc1.eu-frankfurt-1.test';
const COMPARTMENT_ID = 'ocid1.compartment.oc1..test';
const DAY_MS = 86_400_000;

let nowMs: number;
let model: VaultModel;
let secretId: string;

beforeEach(() => {
  nowMs = Date.UTC(2026, 10, 20, 12);
  start({});
});

function start(options: Omit<VaultModelOptions, 'now'>, seed: SecretSeed = {}): void {
  model = new VaultModel({ now: () => nowMs, ...options });
  secretId = model.createSecret(detailsOf('app-database'), seed).body.id;
}

function detailsOf(secretName: string): CreateSecretDetails {
  return {
    compartmentId: COMPARTMENT_ID,
    vaultId: VAULT_ID,
    keyId: 'ocid1.key.oc1.eu-frankfurt-1.test',
    secretName,
    secretContent: { contentType: 'BASE64', content: 'Zmlyc3Q=' },
  };
}

function upload(stage?: 'CURRENT' | 'PENDING', ifMatch?: string): void {
  const secretContent = { contentType: 'BASE64', content: 'bW9yZQ==', stage } as const;
  model.updateSecret(secretId, { secretContent }, ifMatch);
}

function version(versionNumber: number): VersionTarget {
  return { secretId, versionNumber };
}

function at(ms: number): { timeOfDeletion: string } {
  return { timeOfDeletion: new Date(ms).toISOString() };
}

/** "status code: message" of the refusal. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (!(error instanceof OciServiceError)) throw error;
    return `${error.status} ${error.code}: ${error.message}`;
  }
  throw new Error('the call was accepted');
}

describe('while the service is at work', () => {
  test('fails when a secret that is UPDATING is changed or its versions are listed; bundles are read', () => {
    start({ updatingMs: 5000 });
    upload();
    nowMs += 4999;

    const refused = '409 IncorrectState: the secret is UPDATING, not ACTIVE';
    for (const call of [
      (): unknown => model.updateSecret(secretId, { currentVersionNumber: 1 }),
      (): unknown => model.updateSecret(secretId, { description: 'new' }),
      (): unknown => model.listSecretVersions(secretId),
      (): unknown => model.getSecretVersion(version(1)),
      (): unknown => model.scheduleSecretVersionDeletion(version(1)),
      (): unknown => model.cancelSecretVersionDeletion(version(1)),
      (): unknown => model.scheduleSecretDeletion(secretId),
    ]) {
      expect(refusal(call)).toBe(refused);
    }
    expect(model.getSecret(secretId).body.lifecycleState).toBe('UPDATING');
    expect(model.getSecretBundle(secretId).body.versionNumber).toBe(2);
    expect(model.listSecretBundleVersions(secretId)).toHaveLength(2);
    nowMs += 1;
    expect(model.getSecret(secretId).body.lifecycleState).toBe('ACTIVE');
    expect(model.listSecretVersions(secretId)).toHaveLength(2);
  });

  test('a new secret is CREATING for as long as asked', () => {
    start({ creatingMs: 2000 });

    expect(
      refusal(() => {
        upload();
      }),
    ).toBe('409 IncorrectState: the secret is CREATING, not ACTIVE');
    nowMs += 2000;
    expect(model.getSecret(secretId).body.lifecycleState).toBe('ACTIVE');
  });

  test('a refused update neither changes the etag nor makes the secret UPDATING', () => {
    start({ updatingMs: 5000 });
    const { etag } = model.getSecret(secretId);

    expect(refusal(() => model.updateSecret(secretId, { currentVersionNumber: 2 }))).toMatch(
      /^404 /,
    );
    expect(model.getSecret(secretId)).toMatchObject({ etag, body: { lifecycleState: 'ACTIVE' } });
  });
});

describe('etags', () => {
  test('fails when a change comes with an etag that is not the current one', () => {
    const first = model.getSecret(secretId).etag;
    upload('PENDING', first);
    const second = model.getSecret(secretId).etag;

    const refused = /^412 NoEtagMatch: /;
    expect(second).not.toBe(first);
    expect(
      refusal(() => {
        upload('PENDING', first);
      }),
    ).toMatch(refused);
    expect(refusal(() => model.scheduleSecretDeletion(secretId, {}, first))).toMatch(refused);
    expect(
      refusal(() => {
        upload('PENDING', model.getSecretBundle(secretId).etag);
      }),
    ).toMatch(refused);
    expect(model.updateSecret(secretId, { currentVersionNumber: 2 }, second).etag).not.toBe(second);
  });
});

describe('limits', () => {
  test('fails when 30 versions are active, until one of them is scheduled for deletion', () => {
    for (let number = 2; number <= 30; number++) upload();

    const refused = '400 LimitExceeded: the secret has too many versions in active use';
    expect(
      refusal(() => {
        upload();
      }),
    ).toBe(refused);
    model.scheduleSecretVersionDeletion(version(1));
    upload();
    expect(model.getSecret(secretId).body.currentVersionNumber).toBe(31);
    expect(refusal(() => model.cancelSecretVersionDeletion(version(1)))).toBe(refused);
  });

  test('fails when 30 versions are pending deletion, until one of them is deleted', () => {
    const prune = (number: number, days: number): void => {
      upload();
      upload();
      model.scheduleSecretVersionDeletion(version(number), at(nowMs + days * DAY_MS));
    };
    upload();
    prune(1, 1);
    for (let number = 2; number <= 30; number++) {
      upload();
      model.scheduleSecretVersionDeletion(version(number), at(nowMs + 30 * DAY_MS));
    }

    expect(refusal(() => model.scheduleSecretVersionDeletion(version(31)))).toBe(
      '400 LimitExceeded: the secret has too many versions pending deletion',
    );
    nowMs += DAY_MS;
    model.scheduleSecretVersionDeletion(version(31));
    expect(model.getSecretVersion(version(31)).body).toHaveProperty('timeOfDeletion');
  });
});

describe('deletion of a version', () => {
  beforeEach(() => {
    upload();
    upload();
    upload('PENDING');
  });

  test.each([
    ['PREVIOUS', 2],
    ['CURRENT', 3],
    ['PENDING', 4],
  ])('fails when the version is %s', (state, number) => {
    expect(refusal(() => model.scheduleSecretVersionDeletion(version(number)))).toBe(
      `409 IncorrectState: version ${number} is ${state}, not DEPRECATED`,
    );
  });

  test('fails when the time is less than 1 day or more than 30 days ahead', () => {
    for (const ms of [nowMs, nowMs + DAY_MS - 1, nowMs + 30 * DAY_MS + 1]) {
      expect(refusal(() => model.scheduleSecretVersionDeletion(version(1), at(ms)))).toBe(
        '400 InvalidParameter: timeOfDeletion must be 1 to 30 days ahead',
      );
    }
  });

  test.each([
    ['1 day', '2026-11-21T12:00:00.000Z'],
    ['30 days', '2026-12-20T12:00:00.000Z'],
  ])('%s ahead is accepted', (_ahead, timeOfDeletion) => {
    model.scheduleSecretVersionDeletion(version(1), { timeOfDeletion });

    expect(model.getSecretVersion(version(1)).body.timeOfDeletion).toBe(timeOfDeletion);
  });

  test('the default is 30 days, the version is readable until then and gone after', () => {
    model.scheduleSecretVersionDeletion(version(1));
    expect(model.getSecretVersion(version(1)).body.timeOfDeletion).toBe('2026-12-20T12:00:00.000Z');
    expect(model.getSecretBundle(secretId, { versionNumber: 1 }).body.stages).toEqual([
      'DEPRECATED',
    ]);

    nowMs += 30 * DAY_MS;
    expect(refusal(() => model.getSecretVersion(version(1)))).toMatch(/^404 /);
    expect(refusal(() => model.getSecretBundle(secretId, { versionNumber: 1 }))).toMatch(/^404 /);
    expect(refusal(() => model.updateSecret(secretId, { currentVersionNumber: 1 }))).toMatch(
      /^404 /,
    );
  });

  test('fails when it is scheduled twice, promoted meanwhile, or cancelled without being scheduled', () => {
    expect(refusal(() => model.cancelSecretVersionDeletion(version(1)))).toMatch(
      /^409 IncorrectState/,
    );
    model.scheduleSecretVersionDeletion(version(1));

    expect(refusal(() => model.scheduleSecretVersionDeletion(version(1)))).toMatch(
      /^409 IncorrectState/,
    );
    expect(refusal(() => model.updateSecret(secretId, { currentVersionNumber: 1 }))).toMatch(
      /^409 IncorrectState/,
    );
    model.cancelSecretVersionDeletion(version(1));
    expect(model.getSecretVersion(version(1)).body).not.toHaveProperty('timeOfDeletion');
    model.updateSecret(secretId, { currentVersionNumber: 1 });
    expect(model.getSecret(secretId).body.currentVersionNumber).toBe(1);
  });
});

describe('secrets', () => {
  test('a secret pending deletion is unreadable, is restored by a cancellation, and keeps its name for ever', () => {
    model.scheduleSecretDeletion(secretId, at(nowMs + 7 * DAY_MS));
    expect(model.getSecret(secretId).body).toMatchObject({
      lifecycleState: 'PENDING_DELETION',
      timeOfDeletion: '2026-11-27T12:00:00.000Z',
    });
    expect(refusal(() => model.getSecretBundle(secretId))).toMatch(/^404 /);
    expect(
      refusal(() => {
        upload();
      }),
    ).toMatch(/^409 IncorrectState/);
    model.cancelSecretDeletion(secretId);
    expect(model.getSecretBundle(secretId).body.versionNumber).toBe(1);
    expect(refusal(() => model.cancelSecretDeletion(secretId))).toMatch(/^409 IncorrectState/);

    model.scheduleSecretDeletion(secretId);
    nowMs += 30 * DAY_MS;
    expect(refusal(() => model.getSecret(secretId))).toMatch(/^404 /);
    expect(model.listSecrets({ compartmentId: COMPARTMENT_ID })).toEqual([]);
    expect(refusal(() => model.createSecret(detailsOf('app-database')))).toBe(
      '400 InvalidParameter: name already exists',
    );
  });

  test('names are unique within a vault, and have 1 to 255 letters, digits, hyphens, underscores and periods', () => {
    const elsewhere = { ...detailsOf('app-database'), vaultId: 'ocid1.vault.oc1..other' };
    expect(model.createSecret(elsewhere).body.id).not.toBe(secretId);

    for (const name of ['', 'a b', 'x'.repeat(256)]) {
      expect(refusal(() => model.createSecret(detailsOf(name)))).toBe(
        '400 InvalidParameter: the secret name is not valid',
      );
    }
  });

  test('a create repeated with its retry token answers the same secret for 24 hours', () => {
    const seed = { retryToken: 'token' };
    const first = model.createSecret(detailsOf('repeated'), seed).body.id;

    nowMs += DAY_MS - 1;
    expect(model.createSecret(detailsOf('repeated'), seed).body.id).toBe(first);
    nowMs += 1;
    expect(refusal(() => model.createSecret(detailsOf('repeated'), seed))).toMatch(
      /name already exists$/,
    );
  });

  test('lists are filtered, newest first, and tell no version number', () => {
    const { id } = model.createSecret(detailsOf('another')).body;
    const ids = (filter: object): string[] =>
      model.listSecrets({ compartmentId: COMPARTMENT_ID, ...filter }).map((one) => one.id);

    expect(ids({})).toEqual([id, secretId]);
    expect(ids({ name: 'another' })).toEqual([id]);
    expect(ids({ vaultId: 'ocid1.vault.oc1..other' })).toEqual([]);
    expect(ids({ lifecycleState: 'active' })).toEqual([id, secretId]);
    expect(ids({ lifecycleState: 'PENDING_DELETION' })).toEqual([]);
    expect(model.listSecrets({ compartmentId: COMPARTMENT_ID })[0]).not.toHaveProperty(
      'currentVersionNumber',
    );
  });

  test("OCI's own rotation shows in the rotation status", () => {
    expect(model.getSecret(secretId).body.rotationStatus).toBe('NOT_ENABLED');
    const rotationConfig = { isScheduledRotationEnabled: true, rotationInterval: 'P30D' };

    model.updateSecret(secretId, { rotationConfig });
    expect(model.getSecret(secretId).body).toMatchObject({
      rotationStatus: 'SCHEDULED',
      rotationConfig,
    });
    start({}, { rotationStatus: 'IN_PROGRESS' });
    expect(model.getSecret(secretId).body.rotationStatus).toBe('IN_PROGRESS');
  });

  test('fails when a replica is changed', () => {
    start({}, { isReplica: true, id: 'ocid1.vaultsecret.oc1.iad.replica' });

    expect(secretId).toBe('ocid1.vaultsecret.oc1.iad.replica');
    expect(model.getSecret(secretId).body.isReplica).toBe(true);
    expect(
      refusal(() => {
        upload();
      }),
    ).toBe('400 InvalidParameter: a replica is updated in its source region');
  });
});
