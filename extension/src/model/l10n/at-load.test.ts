import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { test } from 'node:test';
import * as l10n from '@vscode/l10n';

const SOURCE = new URL('../../', import.meta.url);
const ROOMS = ['model/**/*.ts', 'agents/session/*.ts'];

test('no text is made before the language is known, which activation tells', async () => {
  const asked: string[] = [];
  l10n.config({ contents: new Proxy({}, { get: (_, text) => void asked.push(String(text)) }) });
  const files = globSync(ROOMS, { cwd: SOURCE }).filter((file) => !/test(ing)?[^/]*\.ts$/.test(file));
  assert.ok(files.length > 100, `${files.length} modules`);
  for (const file of files) await import(new URL(file, SOURCE).href);
  assert.deepEqual(asked, []);
  assert.equal(l10n.t('asked'), 'asked');
  assert.deepEqual(asked, ['asked']);
});
