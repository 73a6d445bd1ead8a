import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runHostTests, temporaryDirectory } from '../index.ts';

const EXTENSION = fileURLToPath(new URL('../testdata/extension', import.meta.url));
const common = {
  folders: [temporaryDirectory('folder')],
  extensionPath: EXTENSION,
  testsPath: join(EXTENSION, 'suite.cjs'),
};

describe('a suite inside the extension host', () => {
  it('ends with 0 when it passes, and what it printed is kept', async () => {
    const { code, log } = await runHostTests({ ...common, settings: { 'fixture.greeting': 'good day' } });
    assert.equal(code, 0, log);
    assert.match(log, /greeting is good day/);
  });

  it('ends with another code when it fails, and says why', async () => {
    const { code, log } = await runHostTests({ ...common, env: { FIXTURE_FAILS: 'yes' } });
    assert.notEqual(code, 0);
    assert.match(log, /told to fail/);
  });
});
