import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandIdOf, DASHBOARD_COMMANDS } from './commands.ts';
import { dashboardOf } from './dashboard-of.ts';
import { hostMessageSchema, pageMessageSchema, pageStateSchema, readMessage } from './protocol.ts';
import { STRING_KEYS } from './strings.ts';
import { object, START, state, status } from './testing.ts';

const act = (command: string, target: unknown = {}) => ({ kind: 'act', action: { command, target } });

test('the host takes what the page may say', () => {
  const target = { workload: 'apps/Deployment/shop/cart', container: 'cart', tag: '1.1.0', file: 'a.yaml', line: 3 };
  for (const message of [{ kind: 'ready' }, act('release', target), { kind: 'problem', message: 'x' }])
    assert.deepEqual(readMessage(pageMessageSchema, message), message);
});

const REFUSED: readonly (readonly [string, unknown])[] = [
  ['a command that is not in the list', act('workbench.action.terminal.new')],
  ['a command of VS Code by its whole name', act('weaveflux.sync')],
  ['an environment of the page’s own choice', act('sync', { environment: 'file:///other' })],
  ['a line that is none', act('open', { file: 'a.yaml', line: 0 })],
  ['arguments of another kind', act('open', { file: { path: '/etc/passwd' } })],
  ['no target at all', { kind: 'act', action: { command: 'sync' } }],
  ['more than was asked for', { kind: 'ready', html: '<b>' }],
  ['a message of another kind', { kind: 'eval', code: '1' }],
  ['a problem that floods the log', { kind: 'problem', message: 'x'.repeat(2001) }],
  ['no object', 'ready'],
  ['nothing', undefined],
];

for (const [name, message] of REFUSED) {
  test(`the host refuses ${name}`, () => assert.equal(readMessage(pageMessageSchema, message), undefined));
}

test('every command of the page is one of ours, or the management of trust', () => {
  const ids = DASHBOARD_COMMANDS.map(commandIdOf);
  assert.deepEqual(
    ids.filter((id) => !/^weaveflux\.[a-zA-Z]+$/.test(id)),
    ['workbench.trust.manage'],
  );
});

test('the page takes whole snapshots and refuses others', () => {
  const options = { now: new Date(START), name: 'production', releaseMode: 'edit' } as const;
  const snapshot = dashboardOf(state({ status: status([object('cart')]) }), [], options);
  const message = JSON.parse(JSON.stringify({ kind: 'snapshot', snapshot }));
  assert.deepEqual(readMessage(hostMessageSchema, message), message);
  const cut = { ...message, snapshot: { ...message.snapshot, environment: { services: [] } } };
  assert.equal(readMessage(hostMessageSchema, cut), undefined);
});

test('the page wants all words', () => {
  const strings = Object.fromEntries(STRING_KEYS.map((key) => [key, key]));
  const hello = { kind: 'hello', environment: 'file:///env', locale: 'en', strings };
  assert.ok(readMessage(hostMessageSchema, hello));
  const { sync: _, ...others } = strings;
  assert.equal(readMessage(hostMessageSchema, { ...hello, strings: others }), undefined);
});

test('a remembered state of an older version is filled up, a broken one forgotten', () => {
  assert.deepEqual(readMessage(pageStateSchema, { environment: 'file:///env', gone: 1 }), {
    environment: 'file:///env',
    range: 'day',
    filter: '',
    states: [],
    listed: false,
    scroll: 0,
  });
  assert.equal(readMessage(pageStateSchema, { range: 'day' }), undefined);
});
