import { rmSync } from 'node:fs';

/** What `make-temporary-folder.js` has made. */
export default function removeTemporaryFolder() {
  rmSync(globalThis.lockstepTestsFolder, { recursive: true, force: true });
}
