import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** All that a run leaves in folders for temporary files is below one of its own, which goes with it. */
export default function makeTemporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-tests-'));
  // As /tmp is: database servers, which are nobody where we are root, make folders there and remove them.
  chmodSync(folder, 0o1777);
  process.env.TMPDIR = folder;
  globalThis.lockstepTestsFolder = folder;
}
