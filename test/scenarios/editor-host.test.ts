import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startProcess } from '../rig/index.ts';

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

it('the extension’s own suite passes inside the extension host, as `npm run test:electron` runs it', async (t) => {
  await using suite = await startProcess({
    name: 'test:electron',
    command: process.execPath,
    args: [root('scripts/lib/tests/electron.mjs')],
    env: { ...environment(), VSCODE_EXECUTABLE: root('test/rig/vscode/code') },
    cwd: root(''),
    onLine: (line) => t.diagnostic(line),
  });
  assert.equal(await suite.ended, 'exit code 0', suite.tail(200));
});

/** Where the workbench is kept. */
function environment(): Record<string, string> {
  const { XDG_CACHE_HOME } = process.env;
  return XDG_CACHE_HOME ? { XDG_CACHE_HOME } : {};
}
