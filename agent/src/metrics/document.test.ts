import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createMetrics } from './metrics.ts';

const PAGE = readFileSync(new URL('../../../docs/observability.md', import.meta.url), 'utf8');

test('the page about metrics names every one, with type and meaning, and no other', () => {
  const printed = createMetrics({ version: '0.1.0', environment: 'default' }).print();
  const defined = [...printed.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)$/gm)].map(([, name, help, type]) =>
    [name, type, help].join(' | '),
  );
  const rows = [...PAGE.matchAll(/^\| `((?:weaveflux|process|nodejs)_\w+)` \| (\w+) \| [\w, ]*\| (.*) \|$/gm)];
  assert.deepEqual(
    rows.map(([, name, type, help]) => [name, type, help].join(' | ')),
    defined,
  );
});

test('alerts are about metrics that there are', () => {
  const printed = createMetrics({ version: '0.1.0', environment: 'default' }).print();
  const names = new Set([...printed.matchAll(/^# HELP (\S+)/gm)].map(([, name]) => name));
  const used = [...PAGE.matchAll(/\bweaveflux_\w+/g)].map(([name]) => name.replace(/_bucket$/, ''));
  assert.deepEqual(
    used.filter((name) => !names.has(name)),
    [],
  );
});
