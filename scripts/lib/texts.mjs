// The texts of the extension that are shown while it runs, as translators take them: each is its own key.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';
import { ROOT } from './bootstrap.mjs';

const SOURCES = 'extension/src/**/*.ts';

/** The text of `extension/l10n/bundle.l10n.json`: every text that `l10n.t` is called with. */
export async function textsBundle() {
  const files = globSync(SOURCES, { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'));
  const scripts = files.map((file) => ({ extension: '.ts', contents: readFileSync(join(ROOT, file), 'utf8') }));
  const texts = Object.entries(await getL10nJson(scripts));
  return `${JSON.stringify(Object.fromEntries(texts.sort(byKey)), null, 2)}\n`;
}

function byKey([a], [b]) {
  return a < b ? -1 : 1;
}
