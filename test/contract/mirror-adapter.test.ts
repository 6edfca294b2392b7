import { jest } from '@jest/globals';
import { inspect } from 'node:util';
import {
  DeadlineError,
  VaultRefusedError,
  VaultUnreachableError,
} from '../../lambda/domain/errors.ts';
import { ANSWER_RESERVE_MS, TimeBudget } from '../../lambda/domain/time-budget.ts';
import type { Mirror } from '../../lambda/ports/mirror.ts';
import type { Fault } from '../../local/faults.ts';
import { createApiKey } from '../../local/oci/api-key.ts';
import {
  apiKey,
  createOciSecret,
  documentOf,
  failureOf,
  mirrorAt,
  SECOND,
  SECOND_TEXT,
  startAdapter,
  type AdapterSubject,
} from './mirror-subjects.ts';

describe('the adapter of OCI Vault', () => {
  const second = { name: SECOND, document: documentOf(SECOND_TEXT) };
  let adapter: AdapterSubject;
  let warnings: jest.SpiedFunction<typeof console.warn>;
  let secretOcid: string;
  let mirror: Mirror;

  beforeEach(async () => {
    warnings = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    adapter = await startAdapter();
    secretOcid = createOciSecret(adapter.model);
    mirror = adapter.mirrorOf(secretOcid);
  });

  afterEach(async () => {
    await adapter.close();
    jest.restoreAllMocks();
  });

  const strike = (call: string, fault: Fault, times = 1): void => {
    adapter.faults.add({ call: `oci:${call}`, fault, times });
  };
  const countOf = (call: string): number =>
    adapter.faults.calls.filter((one) => one === `oci:${call}`).length;
  /** A budget that leaves every call so much time. */
  const brief = (durationMs: number): TimeBudget => {
    let leftMs = 180_000;
    const budget = new TimeBudget(() => leftMs);
    budget.releaseForReport();
    leftMs = durationMs + ANSWER_RESERVE_MS;
    return budget;
  };

  const FAULTS: readonly Fault[] = [
    { kind: 'loseRequest' },
    { kind: 'loseReply' },
    { kind: 'cut' },
    { kind: 'throttle' },
    { kind: 'refuse', code: 'InternalServerError' },
    { kind: 'refuse', code: 'IncorrectState', message: 'the secret is UPDATING' },
  ];

  test.each(FAULTS)('outlives two faults of a verb: %j', async (fault) => {
    strike('GetSecret', fault);
    strike('UpdateSecret', fault);
    await mirror.stage(second);
    strike('PromoteSecretVersion', fault);
    strike('GetSecretBundle', fault);
    await mirror.promote(2);
    strike('ListSecretVersions', fault);
    expect(await mirror.list()).toHaveLength(2);

    expect(adapter.model.listSecretVersions(secretOcid).map((one) => one.stages)).toEqual([
      ['CURRENT', 'LATEST'],
      ['PREVIOUS'],
    ]);
  });

  test('looks before it repeats a change', async () => {
    strike('UpdateSecret', { kind: 'loseReply' });
    await mirror.stage(second);
    strike('PromoteSecretVersion', { kind: 'loseReply' });
    await mirror.promote(2);

    expect(countOf('UpdateSecret')).toBe(1);
    expect(countOf('PromoteSecretVersion')).toBe(1);
  });

  test('repeats a change that the name makes safe when reading lags', async () => {
    await adapter.close();
    adapter = await startAdapter({ readLagMs: 3_000 });
    secretOcid = createOciSecret(adapter.model);
    strike('UpdateSecret', { kind: 'loseReply' });

    await adapter.mirrorOf(secretOcid).stage(second);

    expect(countOf('UpdateSecret')).toBe(2);
    expect(adapter.model.listSecretVersions(secretOcid)).toHaveLength(2);
  });

  test('asks for the list while it looks at the secret', async () => {
    strike('GetSecret', { kind: 'loseReply' });

    expect(await mirror.list()).toHaveLength(1);

    expect(countOf('ListSecretVersions')).toBe(2);
  });

  test('asks once more for a list that was refused, without a pause', async () => {
    strike('ListSecretVersions', { kind: 'refuse', code: 'IncorrectState' });

    expect(await mirror.list()).toHaveLength(1);

    expect(countOf('GetSecret')).toBe(1);
    expect(adapter.clock.sleeps).toEqual([]);
  });

  test('gives up after three attempts', async () => {
    strike('GetSecretBundle', { kind: 'loseRequest' }, 99);

    await expect(mirror.read({ stage: 'CURRENT' })).rejects.toThrow(VaultUnreachableError);

    expect(countOf('GetSecretBundle')).toBe(3);
    expect(adapter.clock.sleeps).toEqual([500, 1_500]);
  });

  test('does not repeat what is refused', async () => {
    strike('GetSecret', { kind: 'refuse', code: 'NotAuthenticated' }, 99);

    await expect(mirror.list()).rejects.toThrow(VaultRefusedError);

    expect(countOf('GetSecret')).toBe(1);
  });

  test('promotes again when the secret changed in between', async () => {
    await mirror.stage(second);
    strike('PromoteSecretVersion', { kind: 'refuse', code: 'NoEtagMatch' });

    await mirror.promote(2);

    expect(countOf('PromoteSecretVersion')).toBe(2);
  });

  test('ties a promotion to the state of the secret that it saw', async () => {
    await mirror.stage(second);
    const { etag } = adapter.model.getSecret(secretOcid);
    const updates = jest.spyOn(adapter.model, 'updateSecret');

    await mirror.promote(2);

    expect(updates.mock.calls).toEqual([[secretOcid, { currentVersionNumber: 2 }, etag]]);
  });

  test('schedules deletions 25 hours ahead', async () => {
    await mirror.stage(second);
    await mirror.stage({ name: 'third', document: documentOf('{"username":"a","password":"b"}') });

    await mirror.retire(2);

    const { timeOfDeletion } = adapter.model.listSecretVersions(secretOcid)[1] ?? {};
    expect(Date.parse(timeOfDeletion ?? '') - adapter.clock.now()).toBe(90_000_000);
  });

  test('fails when the vault stays silent past the budget', async () => {
    strike('*', { kind: 'hang' }, 99);
    const startMs = performance.now();

    const reading = adapter.mirrorOf(secretOcid, brief(260)).read({ stage: 'CURRENT' });

    await expect(reading).rejects.toThrow(VaultUnreachableError);
    expect(performance.now() - startMs).toBeLessThan(3_000);
  });

  test('names the vault as the cause when time runs out between two attempts', async () => {
    strike('*', { kind: 'loseRequest' }, 99);
    const budget = new TimeBudget(() => 3_000 - 1_000 * adapter.clock.sleeps.length * 3);
    budget.releaseForReport();

    const reading = adapter.mirrorOf(secretOcid, budget).read({ stage: 'CURRENT' });

    await expect(reading).rejects.toThrow(VaultUnreachableError);
    expect(countOf('GetSecretBundle')).toBe(1);
  });

  test('fails when no time is left, and calls nobody', async () => {
    const reading = adapter.mirrorOf(secretOcid, brief(100)).read({ stage: 'CURRENT' });

    await expect(reading).rejects.toThrow(DeadlineError);
    expect(adapter.faults.calls).toEqual([]);
  });

  test('fails when the signature is by an unknown key', async () => {
    const { clock, redactor, server } = adapter;
    const { tenancyId, userId, fingerprint } = await apiKey();
    const key = { ...(await createApiKey({ tenancyId, userId })), fingerprint };
    const stranger = mirrorAt(server.url, { secretOcid, clock, redactor, key });

    await expect(stranger.read({ stage: 'CURRENT' })).rejects.toThrow(VaultRefusedError);
  });

  test('adds what it reads and what it stages to the redactor', async () => {
    await mirror.read({ stage: 'CURRENT' });
    await mirror.stage(second);

    const text = 'first-password and second-password';

    expect(adapter.redactor.clean(text)).toBe('[redacted] and [redacted]');
  });

  test('puts no secret into any error and nothing on the console', async () => {
    const message = `cannot store ${SECOND_TEXT} or ${Buffer.from(SECOND_TEXT).toString('base64')}`;
    const faults = [...FAULTS, { kind: 'refuse', code: 'InvalidParameter', message } as const];
    for (const fault of faults) {
      strike('*', fault, 99);
      const failures = [
        // Nothing was read before, so the redactor knows nothing of CURRENT.
        await failureOf(mirror.read({ stage: 'CURRENT' })),
        await failureOf(mirror.stage(second)),
      ];
      adapter.faults.clear();
      expect(failures).toHaveLength(2);
      for (const failure of failures) expectNoSecret(failure);
    }
    expect(warnings).not.toHaveBeenCalled();
  });

  function expectNoSecret(failure: unknown): void {
    const text = inspect(failure, { depth: 20, showHidden: true });
    expect(text).not.toMatch(/first-password|second-password|PRIVATE KEY/);
    for (const secret of ['first-password', 'second-password']) {
      const base64 = Buffer.from(`"${secret}`).toString('base64').slice(0, 12);
      expect(text).not.toContain(base64);
    }
    expect(text).not.toContain('Signature version');
  }
});
