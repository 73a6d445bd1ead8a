import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { contextValueOf, ROW_FLAGS, ROW_KINDS } from './context-values.ts';

interface MenuItem {
  readonly command: string;
  readonly when: string;
  readonly group: string;
}

const { contributes } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  contributes: { menus: Record<string, MenuItem[]>; commands: { command: string; icon?: string }[] };
};
const ITEMS = contributes.menus['view/item/context'] ?? [];
const TITLES = contributes.menus['view/title'] ?? [];

function patternOf({ when }: MenuItem): string {
  return /viewItem =~ \/(.*?)\/(?: &&|$)/.exec(when)?.[1] ?? '';
}

/** The commands that a row shows, by where: in the row, or in its menu. */
function shown(contextValue: string, where: 'inline' | 'menu', several = false): string[] {
  return ITEMS.filter(({ group }) => group.startsWith('inline') === (where === 'inline'))
    .filter((item) => new RegExp(patternOf(item)).test(contextValue))
    .filter(({ when }) => !when.includes(several ? '!listMultiSelection' : '&& listMultiSelection'))
    .map(({ command }) => command.replace('weaveflux.', ''));
}

test('menus: they name only what context values can say', () => {
  const words = new Set<string>([...ROW_KINDS, ...ROW_FLAGS]);
  for (const item of ITEMS) {
    const named =
      patternOf(item)
        .replaceAll('\\b', ' ')
        .match(/[A-Za-z]+/g) ?? [];
    assert.ok(named.length > 0, item.when);
    for (const word of named) assert.ok(words.has(word), `${item.command}: ${word}`);
  }
});

test('menus: rows of other extensions are left alone, and commands exist', () => {
  const icons = new Map(contributes.commands.map(({ command, icon }) => [command, icon]));
  for (const { command, when, group } of [...ITEMS, ...TITLES]) {
    assert.match(when, /^view (== weaveflux\.|=~ \/\^weaveflux\\\.\/ && )/);
    assert.ok(icons.has(command), command);
    if (/^(inline|navigation)/.test(group)) assert.ok(icons.get(command), `${command} has no icon`);
  }
});

test('menus: nothing changes the cluster behind Git’s back', () => {
  const commands = new Set(ITEMS.map(({ command }) => command));
  for (const word of ['delete', 'scale', 'edit', 'restart', 'apply', 'exec'])
    assert.ok(![...commands].some((command) => command.toLowerCase().includes(word)), word);
});

const ROWS: readonly (readonly [contextValue: string, inline: readonly string[], menu: readonly string[]])[] = [
  [
    contextValueOf('workload', {
      placed: true,
      objected: true,
      imaged: true,
      unpinned: true,
      automated: true,
      running: true,
    }),
    ['diffWithCluster'],
    [
      'open',
      'release',
      'rollback',
      'pin',
      'deautomate',
      'diffWithCluster',
      'diffWithApplied',
      'history',
      'explain',
      'suspend',
    ],
  ],
  [
    contextValueOf('workload', {
      placed: true,
      objected: true,
      imaged: true,
      releasable: true,
      pinned: true,
      manual: true,
      drifted: true,
      suspended: true,
    }),
    ['release', 'showDrift', 'diffWithCluster'],
    [
      'open',
      'release',
      'rollback',
      'unpin',
      'automate',
      'showDrift',
      'diffWithCluster',
      'diffWithApplied',
      'history',
      'explain',
      'resume',
    ],
  ],
  [
    contextValueOf('update', {
      placed: true,
      objected: true,
      imaged: true,
      approvable: true,
      unpinned: true,
      automated: true,
    }),
    ['approve'],
    [
      'open',
      'release',
      'approve',
      'rollback',
      'pin',
      'deautomate',
      'setPolicy',
      'diffWithCluster',
      'history',
      'explain',
    ],
  ],
  [
    contextValueOf('container', { imaged: true, objected: true, reviewable: true }),
    ['openRequest'],
    ['release', 'openRequest', 'rollback', 'setPolicy', 'history', 'explain'],
  ],
  [contextValueOf('updateGroup', { approvable: true }), ['approve'], ['approve']],
  [
    contextValueOf('update', {
      placed: true,
      objected: true,
      imaged: true,
      held: true,
      unpinned: true,
      automated: true,
    }),
    [],
    [
      'open',
      'release',
      'releaseHeld',
      'rollback',
      'pin',
      'deautomate',
      'setPolicy',
      'diffWithCluster',
      'history',
      'explain',
    ],
  ],
  [
    contextValueOf('object', { placed: true, objected: true }),
    ['diffWithCluster'],
    ['open', 'diffWithCluster', 'diffWithApplied', 'explain'],
  ],
  [contextValueOf('updateGroup', { releasable: true }), ['releaseUpdates'], ['releaseUpdates']],
  [contextValueOf('prune', { confirmable: true }), ['confirmPrune'], ['confirmPrune']],
  [contextValueOf('prune'), [], []],
  [contextValueOf('suspension', { suspended: true }), ['resume'], ['resume']],
  [contextValueOf('connection'), ['reconnect', 'showLog'], ['reconnect', 'showLog']],
  [contextValueOf('section'), [], []],
  [contextValueOf('day'), [], []],
];

for (const [contextValue, inline, menu] of ROWS) {
  test(`menus: ${contextValue}`, () => {
    assert.deepEqual(shown(contextValue, 'inline'), inline);
    assert.deepEqual(shown(contextValue, 'menu'), menu);
  });
}

test('menus: what a row shows beside its text is in its menu as well, where the keyboard reaches it', () => {
  const all = Object.fromEntries(ROW_FLAGS.map((flag) => [flag, true]));
  for (const value of [...ROW_KINDS.map((kind) => contextValueOf(kind, all)), ...ROWS.map(([value]) => value)]) {
    const menu = shown(value, 'menu');
    assert.deepEqual(
      shown(value, 'inline').filter((command) => !menu.includes(command)),
      [],
      value,
    );
  }
});

test('menus: several updates are released together, and nothing else is offered for them', () => {
  const update = contextValueOf('update', {
    placed: true,
    objected: true,
    imaged: true,
    releasable: true,
    unpinned: true,
    automated: true,
  });
  assert.deepEqual(shown(update, 'menu', true), ['releaseUpdates']);
});
