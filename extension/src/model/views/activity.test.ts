import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '@weaveflux/shared';
import { activityRows } from './activity.ts';
import { type ActivityFilter, NO_FILTER, sayFilter } from './activity-filter.ts';
import type { Row } from './row.ts';
import { CALENDAR, drawn, event, HEAD, rowNamed } from './testing.ts';

const NOW = new Date('2026-11-23T12:30:00Z');
const WEB = 'apps/Deployment/shop/web';

function at(minute: number, type: Event['type'], fields: Partial<Event> = {}): Event {
  const time = new Date(NOW.getTime() - (30 - minute) * 60_000).toISOString();
  return event(type, { id: `boot-${minute}`, time, ...fields });
}

function rowsOf(events: readonly Event[], filter: Partial<ActivityFilter> = {}, now = NOW): Row[] {
  const environments = [{ id: 'file:///shop', name: 'shop', events }];
  return activityRows(environments, { filter: { ...NO_FILTER, ...filter }, calendar: CALENDAR, now });
}

/** What a person reads below the first day. */
function told(rows: readonly Row[]): string[] {
  return drawn(rows[0]?.children?.() ?? []).map((line) => line.replaceAll('\u202f', ' '));
}

const HEADLINES: readonly (readonly [event: Event, row: string])[] = [
  [
    at(30, 'released', {
      object: WEB,
      revision: HEAD,
      message: 'shop:deployment/web web: 1.4.2 → 1.5.0 committed as a1b2c3d.',
    }),
    'Released web — now · web: 1.4.2 → 1.5.0 committed as a1b2c3d.',
  ],
  [
    at(25, 'interference', {
      object: WEB,
      severity: 'warning',
      message: 'shop:deployment/web was changed: /spec/replicas 3 → 5 by kubectl-edit at 2026-11-23T12:24:59Z.',
    }),
    'kubectl-edit changed web — 5 min ago · /spec/replicas 3 → 5',
  ],
  [
    at(25, 'interference', {
      object: WEB,
      severity: 'warning',
      message: 'shop:deployment/web was deleted; Kubernetes does not tell by whom.',
    }),
    'Interference with web — 5 min ago · was deleted; Kubernetes does not tell by whom.',
  ],
  [
    at(29, 'corrected', { object: WEB, message: 'shop:deployment/web is again as a1b2c3d says (configured).' }),
    'Corrected web — 1 min ago · is again as a1b2c3d says (configured).',
  ],
  [
    at(29, 'pinned', { message: 'Pinned web. Asked for by Ann.' }),
    'Pinned — 1 min ago · Pinned web. Asked for by Ann.',
  ],
  [
    at(-90, 'git-unreachable', { severity: 'error', message: 'No route.' }),
    'Git cannot be read — 10:30 AM · No route.',
  ],
  [at(29, 'healthy', { message: 'All is well.' }), 'The environment is healthy — 1 min ago · All is well.'],
  [
    at(29, 'suspended', { message: 'The environment is suspended.' }),
    'Suspended — 1 min ago · The environment is suspended.',
  ],
];

for (const [one, row] of HEADLINES) {
  test(`activity: ${one.type} reads “${row.split(' — ')[0]}”`, () => {
    assert.deepEqual(told(rowsOf([one])), [row]);
  });
}

const DELIVERY: readonly Event[] = [
  at(10, 'revision-fetched', { revision: HEAD, message: 'a1b2c3d by Ann: Fix the cart' }),
  at(11, 'sync-started', { revision: HEAD, message: 'Delivering a1b2c3d: 1 of 3 objects to send.' }),
  at(12, 'object-configured', { revision: HEAD, object: WEB, message: 'shop:deployment/web configured.' }),
  at(13, 'sync-applied', { revision: HEAD, message: 'a1b2c3d applied: 1 configured.' }),
];

test('activity: what was told of one delivery is one row, which tells how it ended and opens to the rest', () => {
  const events = [...DELIVERY, at(14, 'healthy', { revision: HEAD, message: 'a1b2c3d is healthy.' })];
  assert.deepEqual(told(rowsOf(events)), [
    'a1b2c3d is healthy — 16 min ago · by Ann: Fix the cart',
    '  a1b2c3d is healthy — 16 min ago',
    '  Applied a1b2c3d — 17 min ago · applied: 1 configured.',
    '  Configured web — 18 min ago · configured.',
    '  Delivering a1b2c3d — 19 min ago · Delivering a1b2c3d: 1 of 3 objects to send.',
    '  Fetched a1b2c3d — 20 min ago · by Ann: Fix the cart',
  ]);
});

test('activity: a delivery that failed says why; delivered again it is another row', () => {
  const message = 'a1b2c3d failed with 1 error (1 failed); the first: It was rejected.';
  const events = [
    ...DELIVERY.slice(0, 2),
    at(15, 'sync-failed', { revision: HEAD, severity: 'error', message }),
    at(16, 'interference', { object: WEB, severity: 'warning', message: 'shop:deployment/web was deleted.' }),
    at(20, 'sync-started', { revision: HEAD, message: 'Delivering a1b2c3d: 1 of 3 objects to send.' }),
    at(21, 'sync-applied', { revision: HEAD, message: 'a1b2c3d applied: 1 configured.' }),
  ];
  assert.deepEqual(
    told(rowsOf(events)).filter((line) => !line.startsWith(' ')),
    [
      'Applied a1b2c3d — 9 min ago · applied: 1 configured.',
      'Interference with web — 14 min ago · was deleted.',
      'Delivery failed — 15 min ago · failed with 1 error (1 failed); the first: It was rejected.',
    ],
  );
});

test('activity: days are the sections, the newest first and open', () => {
  const rows = rowsOf([
    at(-5 * 24 * 60, 'released'),
    at(-24 * 60, 'released'),
    at(1, 'released'),
    at(2, 'release-failed', { severity: 'error' }),
  ]);
  assert.deepEqual(
    rows.map(({ label, description, collapsible }) => [label, description, collapsible]),
    [
      ['Today', '1 error of 2', 'expanded'],
      ['Yesterday', '1', 'collapsed'],
      ['Wednesday, November 18', '1', 'collapsed'],
    ],
  );
});

test('activity: with the minutes, only what is younger than an hour reads otherwise', () => {
  const events = [at(-60, 'released'), at(20, 'released'), at(30, 'released')];
  const later = new Date(NOW.getTime() + 60_000);
  const [before, after] = [told(rowsOf(events)), told(rowsOf(events, {}, later))];
  assert.deepEqual(
    before.map((line, index) => line === after[index]),
    [false, false, true],
  );
});

const FILTERS: readonly (readonly [filter: Partial<ActivityFilter>, says: string, left: readonly string[]])[] = [
  [{ onlyWarnings: true }, 'warnings only', ['boot-4', 'boot-2']],
  [{ categories: new Set(['images'] as const) }, 'Images', ['boot-3']],
  [{ categories: new Set(['interference', 'access'] as const) }, 'Interference, Access', ['boot-4', 'boot-2']],
  [{ text: 'KUBECTL web' }, '“KUBECTL web”', ['boot-2']],
  [{ text: 'no such word' }, '“no such word”', []],
  [{ categories: new Set(['images'] as const), onlyWarnings: true }, 'Images · warnings only', []],
];

for (const [filter, says, left] of FILTERS) {
  test(`activity: filtered by ${says}`, () => {
    const rows = rowsOf(
      [
        at(1, 'agent-started', { message: 'Started.' }),
        at(2, 'interference', {
          object: WEB,
          severity: 'warning',
          message: 'shop:deployment/web was changed by kubectl.',
        }),
        at(3, 'released', { object: WEB }),
        at(4, 'registry-failed', { severity: 'warning', message: 'registry.example says no.' }),
      ],
      filter,
    );
    const ids = rows.flatMap((day) => (day.children?.() ?? []).map(({ target }) => target.event));
    assert.deepEqual(ids, left);
    assert.equal(sayFilter({ ...NO_FILTER, ...filter }), says);
  });
}

test('activity: environments are told apart where there are several, in one stream', () => {
  const environments = [
    { id: 'a', name: 'production', events: [at(1, 'released'), at(3, 'released')] },
    { id: 'b', name: 'staging', events: [at(2, 'released')] },
  ];
  const rows = activityRows(environments, { filter: NO_FILTER, calendar: CALENDAR, now: NOW });
  assert.deepEqual(
    told(rows).map((line) => line.split(' · ').at(-1)),
    ['production', 'staging', 'production'],
  );
  assert.equal(new Set(rows[0]?.children?.().map(({ id }) => id)).size, 3);
});

test('activity: three hundred rows are shown, and how many are older', () => {
  const events = Array.from({ length: 400 }, (_, index) => at(index - 400, 'warning', { id: `boot-${index}` }));
  const rows = rowsOf(events);
  assert.equal(
    rows.slice(0, -1).reduce((sum, row) => sum + (row.children?.().length ?? 0), 0),
    300,
  );
  assert.equal(rows.at(-1)?.label, '100 older events not shown');
});

test('activity: severity is told in words, not by colour alone', () => {
  const row = rowNamed(
    rowsOf([at(1, 'release-failed', { object: WEB, severity: 'error', message: 'No.' })]),
    'Release of web failed',
  );
  assert.match(row.accessibilityLabel, /^error, Release of web failed, No\., Nov 23, 2026/);
  assert.equal(row.icon?.id, 'error');
});
