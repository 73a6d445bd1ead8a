import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ENVIRONMENT_CONDITIONS } from '@weaveflux/shared';
import { EVENT_RULES } from './cluster-event.ts';

const PAGE = readFileSync(new URL('../../../docs/observability.md', import.meta.url), 'utf8');

test('the page names every condition, and every Event with its type', () => {
  for (const condition of ENVIRONMENT_CONDITIONS) assert.match(PAGE, new RegExp(`^\\| \`${condition}\` \\|`, 'm'));
  const rows = [...PAGE.matchAll(/^\| [^|]*\| ((?:`\w+`(?:, )?)+) \| (Normal|Warning)(?:, (Normal|Warning))? \|/gm)];
  const named = rows.flatMap(([, reasons = '', first, second]) =>
    [...reasons.matchAll(/\w+/g)].map(([reason], index) => `${reason} ${index === 0 ? first : (second ?? first)}`),
  );
  assert.deepEqual(
    named.sort(),
    Object.values(EVENT_RULES)
      .map(({ reason, type }) => `${reason} ${type}`)
      .sort(),
  );
});
