import type { AuditKey } from '../../lambda/ports/audit-key.ts';
import { FaultPlan } from '../../local/faults.ts';

export interface AuditKeyUnderTest {
  readonly key: AuditKey;
  close(): Promise<void>;
}

const FIRST = 'first key of the contract, 32 bytes at least';
const SECOND = 'second key of the contract, 32 bytes at least';
/** HMAC-SHA256 of "a message" under each, by `openssl dgst -sha256 -mac HMAC`. */
export const MACS_OF_MESSAGE = {
  first: 'c85f565fe01b853fa02fd4a6348f13b10f1d7d7cb01b894f1f2d8af088bfb552',
  second: 'eca7bb9c19b049529bcef0e7d7ebec4022c9b6be379e8663bb72f2ffe30e9cdd',
};

/** What every AuditKey promises. `open` gives a key that has had these values, the last one being in use. */
export function describeAuditKeyContract(
  name: string,
  {
    versionName,
    macs = MACS_OF_MESSAGE,
    call,
    open,
  }: {
    versionName: (version: number) => string;
    /** The MACs of "a message" under the first and the second value. */
    macs?: { readonly first: string; readonly second: string };
    /** What the key calls, as fault plans name it. */
    call: string;
    open: (versions: readonly string[], faults: FaultPlan) => Promise<AuditKeyUnderTest>;
  },
): void {
  const { first: MAC_OF_FIRST, second: MAC_OF_SECOND } = macs;
  describe(`audit key: ${name}`, () => {
    const opened: AuditKeyUnderTest[] = [];
    const openKey = async (versions: string[], faults = new FaultPlan()): Promise<AuditKey> => {
      const underTest = await open(versions, faults);
      opened.push(underTest);
      return underTest.key;
    };

    afterEach(async () => {
      await Promise.all(opened.splice(0).map((underTest) => underTest.close()));
    });

    test('signs with HMAC-SHA256 and says with which version', async () => {
      const key = await openKey([FIRST]);
      const mac = { value: MAC_OF_FIRST, keyVersion: versionName(1) };
      await expect(key.sign('a message')).resolves.toEqual(mac);
      await expect(key.version()).resolves.toBe(versionName(1));
      await expect(key.verify('a message', mac)).resolves.toBe('authentic');
    });

    test('signs with the newest version and verifies with each', async () => {
      const key = await openKey([FIRST, SECOND]);
      const old = { value: MAC_OF_FIRST, keyVersion: versionName(1) };
      const mac = { value: MAC_OF_SECOND, keyVersion: versionName(2) };
      await expect(key.sign('a message')).resolves.toEqual(mac);
      await expect(key.verify('a message', old)).resolves.toBe('authentic');
      await expect(key.verify('a message', mac)).resolves.toBe('authentic');
    });

    test.each([
      ['another message', 'a massage', MAC_OF_FIRST],
      ['one digit changed', 'a message', `${MAC_OF_FIRST.slice(0, 63)}x`],
      ['its last digit lost', 'a message', MAC_OF_FIRST.slice(0, 63)],
      ['digits behind it', 'a message', `${MAC_OF_FIRST}00`],
      ['upper case', 'a message', MAC_OF_FIRST.toUpperCase()],
      ['nothing', 'a message', ''],
      ['the MAC of another version', 'a message', MAC_OF_SECOND],
    ])('finds %s forged', async (_, message, value) => {
      const key = await openKey([FIRST, SECOND]);
      const mac = { value, keyVersion: versionName(1) };
      await expect(key.verify(message, mac)).resolves.toBe('forged');
    });

    test.each([versionName(2), versionName(0), '', '1', `${versionName(1)} `, 'other:1'])(
      'knows no version "%s"',
      async (keyVersion) => {
        const key = await openKey([FIRST]);
        const mac = { value: MAC_OF_FIRST, keyVersion };
        await expect(key.verify('a message', mac)).resolves.toBe('unknown-key');
      },
    );

    test('fails when the key cannot be had, and signs once it can', async () => {
      const faults = new FaultPlan();
      const key = await openKey([FIRST], faults);
      faults.add({ call, fault: { kind: 'refuse' }, times: 100 });
      const mac = { value: MAC_OF_FIRST, keyVersion: versionName(1) };
      const error = { name: 'AuditError', retryability: 'retryable' };
      await expect(key.sign('a message')).rejects.toMatchObject(error);
      await expect(key.verify('a message', mac)).rejects.toMatchObject(error);
      faults.clear();
      await expect(key.sign('a message')).resolves.toEqual(mac);
    });

    test('gives many calls at once the same version', async () => {
      const key = await openKey([FIRST, SECOND]);
      const macs = await Promise.all(Array.from({ length: 8 }, () => key.sign('a message')));
      for (const mac of macs) {
        expect(mac).toEqual({ value: MAC_OF_SECOND, keyVersion: versionName(2) });
      }
    });
  });
}
