import { rmSync } from 'node:fs';

/** What `make-temporary-folder.js` has made. */
export default function removeTemporaryFolder() {
  rmSync(process.env.TMPDIR, { recursive: true, force: true });
}
