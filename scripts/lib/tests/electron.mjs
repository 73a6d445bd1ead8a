// Builds the extension with its suite, and runs that in VS Code on a copy of the suite's workspace.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { ROOT } from '../bootstrap.mjs';
import { bundleExtension, bundleExtensionTests } from '../bundles.mjs';

const workspace = mkdtempSync(join(tmpdir(), 'weaveflux-electron-'));
try {
  await Promise.all([bundleExtension(), bundleExtensionTests()]);
  cpSync(join(ROOT, 'extension/test/workspace'), workspace, { recursive: true });
  const executable = process.env.VSCODE_EXECUTABLE;
  await runTests({
    ...(executable ? { vscodeExecutablePath: executable } : {}),
    extensionDevelopmentPath: join(ROOT, 'extension'),
    extensionTestsPath: join(ROOT, 'extension/dist/test/index.cjs'),
    launchArgs: [workspace, '--disable-extensions'],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(workspace, { recursive: true, force: true });
}
