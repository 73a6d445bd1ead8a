// `npm run test:electron`: the extension's suite inside the extension host of a VS Code, which is downloaded.
// VSCODE_EXECUTABLE names another: one that is installed, or test/rig/vscode/code, which needs no download.
import { ensureReady, runOnProjectNode } from './lib/bootstrap.mjs';

await ensureReady();
process.exitCode = await runOnProjectNode(['scripts/lib/tests/electron.mjs']);
