import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attentionOf, imageItems } from './attention.ts';
import { object, status } from './testing.ts';

const problem = { severity: 'error', code: 'REJECTED', message: 'cart was rejected.' } as const;

test('a healthy environment needs nobody', () => {
  const objects = [object('cart'), object('a', { drift: { mode: 'ignored', differences: [] } })];
  assert.deepEqual(attentionOf(status(objects)), []);
});

test('errors stand before warnings, and a problem of an object is told once', () => {
  const differences = [{ path: '/spec/replicas', desired: '2', live: '5', manager: 'kubectl-scale' }];
  const objects = [
    object('search', { drift: { mode: 'contested', differences } }),
    object('cart', { action: 'failed', problem }),
  ];
  const warning = {
    severity: 'warning',
    code: 'INVALID_POLICY',
    message: 'no range',
    file: 'a.yaml',
    line: 4,
  } as const;
  const sync = { ...status().sync, problems: [problem, problem, warning] };
  const items = attentionOf(status(objects, { sync }));
  assert.deepEqual(
    items.map(({ kind, title }) => [kind, title]),
    [
      ['failed', 'shop:deployment/cart'],
      ['contested', 'shop:deployment/search'],
      ['policy', 'a.yaml:4'],
    ],
  );
  assert.equal(items[1]?.text, '/spec/replicas 2 → 5, kubectl-scale');
  assert.deepEqual(items[2]?.actions, [{ command: 'open', target: { file: 'a.yaml', line: 4 } }]);
});

test('a prune that waits names what would go, and can be confirmed unless something else must happen first', () => {
  const prune = {
    revision: 'abc',
    reason: 'too many',
    objects: ['/Service/shop/a', '/Service/shop/b', '/Service/shop/c'],
  };
  const [item] = attentionOf(status([], { prune }));
  assert.equal(item?.title, 'shop:service/a, shop:service/b +1');
  assert.deepEqual(item?.actions, [{ command: 'confirmPrune', target: { revision: 'abc' } }]);
  assert.deepEqual(attentionOf(status([], { prune: { ...prune, confirmable: false } }))[0]?.actions, []);
});

test('a repository that cannot be read comes with a way to try again', () => {
  const repository = { ...status().repository, problem: { ...problem, code: 'GIT_UNREACHABLE' as const } };
  const [item] = attentionOf(status([], { repository }));
  assert.equal(item?.kind, 'repository');
  assert.deepEqual(
    item?.actions.map(({ command }) => command),
    ['sync', 'showLog'],
  );
});

test('one cause with many effects stays readable', () => {
  const objects = Array.from({ length: 30 }, (_, index) => object(`s${index}`, { action: 'failed', problem }));
  assert.equal(attentionOf(status(objects), 10).length, 10);
});

test('images that cannot be read wait for somebody who reconnects', () => {
  assert.deepEqual(imageItems(undefined), []);
  const [item] = imageItems('The agent answered 500.');
  assert.deepEqual([item?.severity, item?.text], ['warning', 'The agent answered 500.']);
  assert.deepEqual(
    item?.actions.map(({ command }) => command),
    ['reconnect', 'showLog'],
  );
});
