import type { CreateSecretDetails } from '../../local/oci/secret-details.ts';
import { OciServiceError } from '../../local/oci/service-error.ts';
import { VaultModel, type SecretSeed, type VersionTarget } from '../../local/oci/vault-model.ts';

const VAULT_ID = 'ocid1.vault.oc1.eu-frankfurt-1.test';
const COMPARTMENT_ID = 'ocid1.compartment.oc1..test';
const DAY_MS = 86_400_000;

let nowMs: number;
let model: VaultModel;
let secretId: string;

beforeEach(() => {
  nowMs = Date.UTC(2026, 10, 20, 12);
  model = new VaultModel({ now: () => nowMs });
  secretId = create(model);
});

function create(
  vault: VaultModel,
  details: Partial<CreateSecretDetails> = {},
  seed: SecretSeed = {},
): string {
  const { body } = vault.createSecret(
    {
      compartmentId: COMPARTMENT_ID,
      vaultId: VAULT_ID,
      keyId: 'ocid1.key.oc1.eu-frankfurt-1.test',
      secretName: 'app-database',
      secretContent: { contentType: 'BASE64', content: base64('first'), name: 'v1' },
      ...details,
    },
    seed,
  );
  return body.id;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Uploads version `number`, named `v<number>`. */
function upload(number: number, stage?: 'CURRENT' | 'PENDING'): void {
  model.updateSecret(secretId, {
    secretContent: {
      contentType: 'BASE64',
      content: base64(`content ${number}`),
      name: `v${number}`,
      stage,
    },
  });
}

function promote(currentVersionNumber: number): void {
  model.updateSecret(secretId, { currentVersionNumber });
}

function stages(): Record<number, string> {
  const versions = model.listSecretVersions(secretId);
  return Object.fromEntries(versions.map((one) => [one.versionNumber, one.stages.join(' ')]));
}

function version(versionNumber: number): VersionTarget {
  return { secretId, versionNumber };
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

describe('stages', () => {
  test('the first version is CURRENT and LATEST', () => {
    expect(stages()).toEqual({ 1: 'CURRENT LATEST' });
  });

  test('a PENDING version is LATEST and leaves CURRENT alone', () => {
    upload(2, 'PENDING');

    expect(stages()).toEqual({ 1: 'CURRENT', 2: 'PENDING LATEST' });
    expect(model.getSecret(secretId).body.currentVersionNumber).toBe(1);
  });

  test('another PENDING version makes the earlier one DEPRECATED', () => {
    upload(2, 'PENDING');
    upload(3, 'PENDING');

    expect(stages()).toEqual({ 1: 'CURRENT', 2: 'DEPRECATED', 3: 'PENDING LATEST' });
  });

  test('a version without a stage is CURRENT at once, and PENDING stays', () => {
    upload(2, 'PENDING');
    upload(3);

    expect(stages()).toEqual({ 1: 'PREVIOUS', 2: 'PENDING', 3: 'CURRENT LATEST' });
  });

  test('promoting moves CURRENT to PREVIOUS and PREVIOUS to DEPRECATED', () => {
    upload(2, 'PENDING');
    promote(2);
    expect(stages()).toEqual({ 1: 'PREVIOUS', 2: 'CURRENT LATEST' });

    upload(3, 'PENDING');
    promote(3);
    expect(stages()).toEqual({ 1: 'DEPRECATED', 2: 'PREVIOUS', 3: 'CURRENT LATEST' });
  });

  test('promoting an earlier number is a rollback', () => {
    upload(2);
    promote(1);
    expect(stages()).toEqual({ 1: 'CURRENT', 2: 'PREVIOUS LATEST' });

    upload(3);
    promote(2);
    expect(stages()).toEqual({ 1: 'DEPRECATED', 2: 'CURRENT', 3: 'PREVIOUS LATEST' });
  });

  test('an orphaned PENDING version can still be promoted by its number', () => {
    upload(2, 'PENDING');
    upload(3, 'PENDING');
    promote(2);

    expect(stages()).toEqual({ 1: 'PREVIOUS', 2: 'CURRENT', 3: 'PENDING LATEST' });
  });

  test('promoting the current version changes no stage', () => {
    upload(2);
    promote(2);

    expect(stages()).toEqual({ 1: 'PREVIOUS', 2: 'CURRENT LATEST' });
  });

  test('whatever happens, one version is CURRENT, the newest is LATEST, and no stage but DEPRECATED is shared', () => {
    const seed = 20261120;
    let state = seed;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let number = 2; number <= 25; number++) {
      upload(number, random(3) === 0 ? 'CURRENT' : 'PENDING');
      if (random(2) === 0) promote(1 + random(number));
      const all = Object.values(stages()).flatMap((text) => text.split(' '));
      const count = (stage: string): number => all.filter((one) => one === stage).length;
      const counts = { current: count('CURRENT'), latest: count('LATEST') };
      expect({ seed, ...counts }).toEqual({ seed, current: 1, latest: 1 });
      expect(Math.max(count('PENDING'), count('PREVIOUS'))).toBeLessThanOrEqual(1);
      expect(stages()[number]).toContain('LATEST');
    }
  });
});

describe('content', () => {
  test('a bundle is read by number, by name, by stage, and CURRENT by default', () => {
    upload(2, 'PENDING');

    const read = (selector: Parameters<VaultModel['getSecretBundle']>[1]): unknown =>
      model.getSecretBundle(secretId, selector).body.secretBundleContent.content;
    expect(read({ versionNumber: 2 })).toBe(base64('content 2'));
    expect(read({ secretVersionName: 'v2' })).toBe(base64('content 2'));
    expect(read({ stage: 'PENDING' })).toBe(base64('content 2'));
    expect(read({ stage: 'LATEST' })).toBe(base64('content 2'));
    expect(read({})).toBe(base64('first'));
  });

  test('fails when there is no such secret, version, name or stage', () => {
    const expected = /^404 NotAuthorizedOrNotFound: /;
    expect(refusal(() => model.getSecret('ocid1.vaultsecret.oc1..none'))).toMatch(expected);
    expect(refusal(() => model.getSecretVersion(version(2)))).toMatch(expected);
    expect(
      refusal(() => {
        promote(2);
      }),
    ).toMatch(expected);
    for (const selector of [
      { versionNumber: 2 },
      { secretVersionName: 'v2' },
      { stage: 'PENDING' },
      { stage: 'PREVIOUS' },
    ] as const) {
      expect(refusal(() => model.getSecretBundle(secretId, selector))).toMatch(expected);
    }
  });

  test("fails when a version name is used again, even a deleted version's", () => {
    upload(2);
    upload(3);
    const again = '400 InvalidParameter: name already exists';
    expect(
      refusal(() => {
        upload(2, 'PENDING');
      }),
    ).toBe(again);

    model.scheduleSecretVersionDeletion(version(1));
    nowMs += 31 * DAY_MS;
    expect(stages()).toEqual({ 2: 'PREVIOUS', 3: 'CURRENT LATEST' });
    expect(
      refusal(() => {
        upload(1);
      }),
    ).toBe(again);
  });

  test.each(['a b', 'a/b', 'ä', '', 'a\n'])('fails when a version is named %j', (name) => {
    const secretContent = { contentType: 'BASE64', content: 'eA==', name } as const;

    expect(refusal(() => model.updateSecret(secretId, { secretContent }))).toBe(
      '400 InvalidParameter: the version name has characters not allowed',
    );
  });

  test.each(['', 'no base64!', 'eA'])('fails when the content is %j', (content) => {
    const secretContent = { contentType: 'BASE64', content } as const;

    expect(refusal(() => model.updateSecret(secretId, { secretContent }))).toBe(
      '400 InvalidParameter: the content is not base64, or is empty',
    );
  });

  test('fails when the content is larger than 25 KB', () => {
    const content = 'QUJD'.repeat(6400);
    model.updateSecret(secretId, { secretContent: { contentType: 'BASE64', content } });

    const secretContent = { contentType: 'BASE64', content: `${content}QUJD` } as const;
    expect(refusal(() => model.updateSecret(secretId, { secretContent }))).toBe(
      '400 InvalidParameter: the content exceeds 25 KB',
    );
  });

  test('fails when content, version number and rules come together', () => {
    const secretContent = { contentType: 'BASE64', content: 'eA==' } as const;
    for (const details of [
      { secretContent, currentVersionNumber: 1 },
      { secretContent, secretRules: [] },
      { currentVersionNumber: 1, secretRules: [] },
    ]) {
      expect(refusal(() => model.updateSecret(secretId, details))).toMatch(
        /^400 InvalidParameter: .* at the same time$/,
      );
    }
    expect(stages()).toEqual({ 1: 'CURRENT LATEST' });
  });

  test('fails when the reuse rule finds the content in another version, deleted ones only if told so', () => {
    model.updateSecret(secretId, { secretRules: [{ ruleType: 'SECRET_REUSE_RULE' }] });
    const reuse = (): unknown =>
      model.updateSecret(secretId, {
        secretContent: { contentType: 'BASE64', content: base64('first') },
      });
    upload(2);
    upload(3);
    const refused =
      '400 InvalidParameter: the secret reuse rule refuses content that another version has';
    expect(refusal(reuse)).toBe(refused);

    model.scheduleSecretVersionDeletion(version(1));
    nowMs += 31 * DAY_MS;
    const secretRules = [
      { ruleType: 'SECRET_REUSE_RULE', isEnforcedOnDeletedSecretVersions: true } as const,
    ];
    model.updateSecret(secretId, { secretRules });
    expect(refusal(reuse)).toBe(refused);
    model.updateSecret(secretId, { secretRules: [{ ruleType: 'SECRET_REUSE_RULE' }] });
    expect(reuse).not.toThrow();
  });

  test('fails when a secret has two rules of a type', () => {
    const rule = { ruleType: 'SECRET_REUSE_RULE' } as const;

    expect(refusal(() => model.updateSecret(secretId, { secretRules: [rule, rule] }))).toBe(
      '400 InvalidParameter: a secret has at most one rule of each type',
    );
  });
});

describe('retrieval that lags', () => {
  test('bundle reads show versions and stages as they were, until the lag has passed', () => {
    model = new VaultModel({ now: () => nowMs, readLagMs: 300 });
    secretId = create(model);
    const name = { secretName: 'app-database', vaultId: VAULT_ID };
    expect(refusal(() => model.getSecretBundleByName(name))).toMatch(/^404 /);
    nowMs += 300;
    expect(model.getSecretBundleByName(name).body.versionNumber).toBe(1);

    upload(2, 'PENDING');
    nowMs += 299;
    expect(refusal(() => model.getSecretBundle(secretId, { secretVersionName: 'v2' }))).toMatch(
      /^404 /,
    );
    expect(model.listSecretBundleVersions(secretId)).toHaveLength(1);
    expect(model.listSecretVersions(secretId)).toHaveLength(2);
    nowMs += 1;
    expect(model.getSecretBundle(secretId, { secretVersionName: 'v2' }).body.stages).toEqual([
      'PENDING',
      'LATEST',
    ]);

    promote(2);
    expect(model.getSecretBundle(secretId).body.versionNumber).toBe(1);
    nowMs += 300;
    expect(model.getSecretBundle(secretId).body.versionNumber).toBe(2);
  });
});
