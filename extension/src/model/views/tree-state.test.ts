import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from './row.ts';
import { createTreeState, type RowChanges, type RowNode, type TreeState } from './tree-state.ts';

type Branch = readonly [id: string, looks: string, children?: readonly Branch[]];

function row([id, looks, children]: Branch, made: string[] = []): Row {
  return {
    id,
    label: looks,
    accessibilityLabel: looks,
    contextValue: 'section',
    target: { tag: looks },
    collapsible: children === undefined ? 'none' : 'collapsed',
    ...(children === undefined
      ? {}
      : {
          children: () => {
            made.push(id);
            return children.map((child) => row(child, made));
          },
        }),
  };
}

/** Asks for everything, as VS Code does where all is expanded. */
function openAll(state: TreeState, nodes: readonly RowNode[] = state.roots()): void {
  for (const node of nodes) if (node.row.children) openAll(state, state.children(node));
}

function fired(changes: RowChanges): string | string[] {
  return changes === 'all' ? 'all' : changes.map(({ id }) => id);
}

const BEFORE: readonly Branch[] = [
  [
    'a',
    'A',
    [
      ['a1', 'one'],
      ['a2', 'two', [['a2x', 'x']]],
    ],
  ],
  ['b', 'B', [['b1', 'one']]],
];

const CASES: readonly (readonly [what: string, after: readonly Branch[], fires: string | string[]])[] = [
  ['nothing', BEFORE, []],
  [
    'the looks of a leaf',
    [
      [
        'a',
        'A',
        [
          ['a1', 'ONE'],
          ['a2', 'two', [['a2x', 'x']]],
        ],
      ],
      ['b', 'B', [['b1', 'one']]],
    ],
    ['a1'],
  ],
  [
    'a leaf far below',
    [
      [
        'a',
        'A',
        [
          ['a1', 'one'],
          ['a2', 'two', [['a2x', 'X']]],
        ],
      ],
      ['b', 'B', [['b1', 'one']]],
    ],
    ['a2x'],
  ],
  [
    'a child more',
    [
      [
        'a',
        'A',
        [
          ['a1', 'one'],
          [
            'a2',
            'two',
            [
              ['a2x', 'x'],
              ['a2y', 'y'],
            ],
          ],
        ],
      ],
      ['b', 'B', [['b1', 'one']]],
    ],
    ['a2'],
  ],
  [
    'the order of children',
    [
      [
        'a',
        'A',
        [
          ['a2', 'two', [['a2x', 'x']]],
          ['a1', 'one'],
        ],
      ],
      ['b', 'B', [['b1', 'one']]],
    ],
    ['a'],
  ],
  [
    'a parent and its child: the child goes with it',
    [
      [
        'a',
        'AA',
        [
          ['a1', 'ONE'],
          ['a2', 'two', [['a2x', 'x']]],
        ],
      ],
      ['b', 'B', [['b1', 'one']]],
    ],
    ['a'],
  ],
  [
    'two places',
    [
      [
        'a',
        'A',
        [
          ['a1', 'ONE'],
          ['a2', 'two', [['a2x', 'x']]],
        ],
      ],
      ['b', 'B', []],
    ],
    ['a1', 'b'],
  ],
  [
    'the top',
    [
      [
        'a',
        'A',
        [
          ['a1', 'one'],
          ['a2', 'two', [['a2x', 'x']]],
        ],
      ],
    ],
    'all',
  ],
];

for (const [what, after, fires] of CASES) {
  test(`tree: ${what} changes, and just that is drawn again`, () => {
    const state = createTreeState();
    state.update(BEFORE.map((branch) => row(branch)));
    openAll(state);
    assert.deepEqual(fired(state.update(after.map((branch) => row(branch)))), fires);
  });
}

test('tree: what nobody has opened is neither made nor told of', () => {
  const made: string[] = [];
  const state = createTreeState();
  state.update(BEFORE.map((branch) => row(branch, made)));
  const [a] = state.roots();
  assert.ok(a);
  state.children(a);
  made.length = 0;
  const after: readonly Branch[] = [
    [
      'a',
      'A',
      [
        ['a1', 'one'],
        ['a2', 'two', [['a2x', 'X']]],
      ],
    ],
    ['b', 'B', [['b1', 'ONE']]],
  ];
  assert.deepEqual(fired(state.update(after.map((branch) => row(branch, made)))), []);
  assert.deepEqual(made, ['a']);
});

test('tree: a node stays the same while its row changes, so that commands get the newest target', () => {
  const state = createTreeState();
  state.update([row(['a', 'A', [['a1', 'one']]])]);
  const [a] = state.roots();
  assert.ok(a);
  const [leaf] = state.children(a);
  assert.ok(leaf);
  state.update([row(['a', 'A', [['a1', 'two']]])]);
  assert.equal(leaf.target.tag, 'two');
  assert.equal(leaf.row.label, 'two');
  assert.equal(state.children(a)[0], leaf);
  assert.equal(state.parent(leaf), a);
});

test('tree: what is told of is asked for again, and then compared with what was given', () => {
  const state = createTreeState();
  state.update([row(['a', 'A', [['a1', 'one']]])]);
  openAll(state);
  assert.deepEqual(
    fired(
      state.update([
        row([
          'a',
          'A',
          [
            ['a1', 'one'],
            ['a2', 'two'],
          ],
        ]),
      ]),
    ),
    ['a'],
  );
  assert.deepEqual(fired(state.update([row(['a', 'A', [['a1', 'ONE']]])])), []);
  openAll(state);
  assert.deepEqual(fired(state.update([row(['a', 'A', [['a1', 'one']]])])), ['a1']);
});

test('tree: a row that is gone has no children and no parent, and may come back', () => {
  const state = createTreeState();
  state.update([row(['a', 'A', [['a1', 'one', [['a1x', 'x']]]]])]);
  openAll(state);
  const [a] = state.roots();
  assert.ok(a);
  const [gone] = state.children(a);
  assert.ok(gone);
  state.update([row(['a', 'A', []])]);
  openAll(state);
  assert.deepEqual(state.children(gone), []);
  assert.equal(state.parent(gone), undefined);
  state.update([row(['a', 'A', [['a1', 'one', [['a1x', 'x']]]]])]);
  openAll(state);
  assert.equal(state.children(a).length, 1);
});

test('tree: rows may move from below a level to the top when the level goes', () => {
  const state = createTreeState();
  state.update([row(['e', 'E', [['e1', 'one', [['e1x', 'x']]]]]), row(['f', 'F'])]);
  openAll(state);
  assert.equal(fired(state.update([row(['e1', 'one', [['e1x', 'x']]])])), 'all');
  openAll(state);
  const [top] = state.roots();
  assert.ok(top);
  assert.equal(state.parent(top), undefined);
  assert.deepEqual(
    state.children(top).map(({ id }) => id),
    ['e1x'],
  );
});
