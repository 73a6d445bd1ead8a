import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWindows } from '../plan/windows.ts';
import { createMemory } from './memory.ts';
import { waitOf } from './windows.ts';

const REVISION = 'a'.repeat(40);
const NEXT = 'b'.repeat(40);
const CLOSED = new Date('2026-12-01T07:00:00Z');
const OPEN = new Date('2026-12-01T08:00:00Z');

/** What is known where deliveries are made from nine to five. */
function known() {
  const memory = createMemory();
  const hours = { name: 'hours', allow: '0 9 * * 1-5', for: '8h', timeZone: 'Europe/Berlin', line: 2 };
  memory.windows = readWindows({ windows: [{ ...hours, applies: ['deploys'] }], images: {} }).windows;
  return memory;
}

test('a new revision waits until the window opens', () => {
  const memory = known();
  assert.deepEqual(waitOf(memory, { revision: REVISION, force: false }, CLOSED), {
    reason: 'aaaaaaa waits for the window hours until 2026-12-01T09:00 (Europe/Berlin)',
    until: OPEN,
  });
  assert.equal(waitOf(memory, { revision: REVISION, force: false }, OPEN), undefined);
});

test('what was let through goes on after the window has closed, and what is new waits', () => {
  const memory = known();
  assert.equal(waitOf(memory, { revision: REVISION, force: false }, OPEN), undefined);
  assert.equal(waitOf(memory, { revision: REVISION, force: false }, CLOSED), undefined);
  assert.ok(waitOf(memory, { revision: NEXT, force: false }, CLOSED));
});

test('a sync that a person asks for does not wait, nor what is tried again of it', () => {
  const memory = known();
  assert.equal(waitOf(memory, { revision: REVISION, force: true }, CLOSED), undefined);
  assert.equal(waitOf(memory, { revision: REVISION, force: false }, CLOSED), undefined);
});

test('windows of commits keep no revision', () => {
  const memory = known();
  memory.windows = memory.windows.map((window) => ({ ...window, applies: ['commits'] }));
  assert.equal(waitOf(memory, { revision: REVISION, force: false }, CLOSED), undefined);
});
