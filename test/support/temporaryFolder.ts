import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Everything that a run of the tests puts down lies in one folder, which is gone when it ends. */
export default function setup(): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), 'svc-debug-tests-'));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
