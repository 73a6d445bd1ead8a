import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageStatus } from '@weaveflux/shared';
import type { Row } from './row.ts';
import { CALENDAR, drawn, imageStatus, rowNamed } from './testing.ts';
import { countUpdates, updateRows } from './updates.ts';

const NEWER = { chosen: { tag: '1.5.0', created: '2026-11-23T09:00:00Z' } } as const;

function rowsOf(...images: readonly ImageStatus[]): Row[] {
  return updateRows([{ id: 'file:///shop', name: 'shop', images }], CALENDAR);
}

const CASES: readonly (readonly [
  what: string,
  fields: Partial<ImageStatus>,
  drawn: readonly string[],
  counts: number,
])[] = [
  [
    'what the policy has chosen',
    { state: 'update', ...NEWER },
    ['Ready to release — 1', '  web — 1.4.2 → 1.5.0 · semver:~1'],
    1,
  ],
  [
    'something newer of what is not automated',
    { state: 'not-automated', automated: false, ...NEWER },
    ['Ready to release — 1', '  web — 1.4.2 → 1.5.0 · not automated · semver:~1'],
    1,
  ],
  [
    'what waits for approval',
    { state: 'needs-approval', ...NEWER },
    ['Waiting for approval — 1', '  web — 1.4.2 → 1.5.0 · waits for approval · semver:~1'],
    1,
  ],
  [
    'something newer of what nobody has stated a policy for',
    { state: 'not-automated', automated: false, policy: undefined as never, ...NEWER },
    ['Without a policy — 1', '  web — 1.4.2 → 1.5.0 · not automated'],
    0,
  ],
  [
    'what waits for a window',
    { state: 'outside-window', until: '2026-11-24T09:00:00Z', ...NEWER },
    [`Held — 1`, `  web — 1.4.2 → 1.5.0 · waits until ${CALENDAR.full('2026-11-24T09:00:00Z')} · semver:~1`],
    0,
  ],
  [
    'what waits to be merged',
    { state: 'update', proposed: { branch: 'weaveflux/images', commit: 'c0ffee' }, ...NEWER },
    ['Ready to release — 1', '  web — 1.4.2 → 1.5.0 · waits to be merged · semver:~1'],
    1,
  ],
  [
    'what only a person can order',
    { state: 'needs-release', chosen: { tag: 'b7' }, tag: 'a1', image: 'r.io/web:a1' },
    ['Waiting for a person — 1', '  web — a1 → b7 · needs a person · semver:~1'],
    1,
  ],
  [
    'what only a person can order, and nothing is chosen',
    { state: 'needs-release' },
    ['Waiting for a person — 1', '  web — 1.4.2 · needs a person · semver:~1'],
    1,
  ],
  [
    'a tag that a person went back from',
    { state: 'held', held: ['1.5.0'], ...NEWER },
    ['Held — 1', '  web — 1.4.2 → 1.5.0 · held · semver:~1'],
    0,
  ],
  [
    'a tag that is too young',
    { state: 'held', ...NEWER },
    ['Held — 1', '  web — 1.4.2 → 1.5.0 · waits for its age · semver:~1'],
    0,
  ],
  [
    'a pin with something newer',
    { state: 'pinned', pin: { user: 'ann <ann@example.org>', message: 'audit' }, ...NEWER },
    ['Pinned — 1', '  web — 1.4.2 → 1.5.0 · pinned by ann: audit · semver:~1'],
    0,
  ],
  ['a pin with nothing newer', { state: 'pinned', pin: {} }, [], 0],
  [
    'an invalid policy, with the reason',
    { state: 'invalid-policy', reason: 'semver:~~1 is no range.' },
    ['Invalid policy — 1', '  web — semver:~~1 is no range.'],
    0,
  ],
  ['what is as new as it may be', {}, [], 0],
  ['what was not scanned', { state: 'not-scanned' }, [], 0],
];

for (const [what, fields, expected, counts] of CASES) {
  test(`updates: ${what}`, () => {
    const image = imageStatus('web', fields);
    assert.deepEqual(drawn(rowsOf(image)), expected);
    assert.equal(countUpdates([image]), counts);
  });
}

const MENUS: readonly (readonly [fields: Partial<ImageStatus>, contextValue: string])[] = [
  [{ state: 'update', ...NEWER }, 'update placed objected imaged releasable unpinned automated'],
  [{ state: 'needs-approval', ...NEWER }, 'update placed objected imaged approvable unpinned automated'],
  [
    { state: 'update', proposed: { branch: 'b', commit: 'c', url: 'https://git.example/1' }, ...NEWER },
    'update placed objected imaged releasable reviewable unpinned automated',
  ],
  [{ state: 'needs-release' }, 'update placed objected imaged unpinned automated'],
  [{ state: 'held', held: ['1.5.0'], ...NEWER }, 'update placed objected imaged held unpinned automated'],
  [{ state: 'held', ...NEWER }, 'update placed objected imaged releasable unpinned automated'],
  [{ state: 'pinned', pin: {}, ...NEWER }, 'update placed objected imaged pinned automated'],
];

for (const [fields, contextValue] of MENUS) {
  test(`updates: the menu of ${contextValue}`, () => {
    assert.equal(rowsOf(imageStatus('web', fields))[0]?.children?.()[0]?.contextValue, contextValue);
  });
}

test('updates: rows tell what releases them: workload, container, tag and place; of a pin the tag is left out', () => {
  const [ready] = rowsOf(imageStatus('web', { state: 'update', ...NEWER }));
  assert.deepEqual(ready?.children?.()[0]?.target, {
    environment: 'file:///shop',
    workload: 'apps/Deployment/shop/web',
    container: 'web',
    tag: '1.5.0',
    file: 'web.yaml',
    line: 20,
  });
  const [pinned] = rowsOf(imageStatus('web', { state: 'pinned', pin: {}, ...NEWER }));
  assert.equal(pinned?.children?.()[0]?.target.tag, undefined);
});

test('updates: namespaces and containers are named where rows could be mistaken', () => {
  const update = { state: 'update', ...NEWER } as const;
  const rows = rowsOf(
    imageStatus('web', update),
    imageStatus('web', { ...update, container: 'proxy' }),
    imageStatus('api', update, 'test'),
  );
  assert.deepEqual(drawn(rows), [
    'Ready to release — 3',
    '  web web — 1.4.2 → 1.5.0 · semver:~1 · shop',
    '  web proxy — 1.4.2 → 1.5.0 · semver:~1 · shop',
    '  api — 1.4.2 → 1.5.0 · semver:~1 · test',
  ]);
});

test('updates: several environments have a level of their own; one without updates is left out', () => {
  const images = [imageStatus('web', { state: 'update', ...NEWER })];
  const rows = updateRows(
    [
      { id: 'file:///a', name: 'production', images },
      { id: 'file:///b', name: 'staging', images: [] },
      { id: 'file:///c', name: 'test', images: [...images, imageStatus('api', { state: 'held', ...NEWER })] },
    ],
    CALENDAR,
  );
  assert.deepEqual(drawn(rows), [
    'production — 1 update',
    '  Ready to release — 1',
    '    web — 1.4.2 → 1.5.0 · semver:~1',
    'test — 1 update',
    '  Ready to release — 1',
    '    web — 1.4.2 → 1.5.0 · semver:~1',
    '  Held — 1',
    '    api — 1.4.2 → 1.5.0 · waits for its age · semver:~1',
  ]);
});

test('updates: why, with the command that resolves it, is in the tooltip and in what is read aloud', () => {
  const reason = '1.5.0 is held because a person went back from it; weaveflux release web --tag 1.5.0 ends that.';
  const row = rowNamed(rowsOf(imageStatus('web', { state: 'held', held: ['1.5.0'], reason, ...NEWER })), 'web');
  assert.deepEqual(
    row.tooltip?.table.find(([name]) => name === 'Why'),
    ['Why', reason],
  );
  assert.equal(row.accessibilityLabel, `shop:deployment/web web, Held, 1.4.2 runs, available is 1.5.0, ${reason}`);
});
