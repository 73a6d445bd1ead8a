import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { WindowSetting } from '@weaveflux/shared';
import { createMemory } from '../../delivery/memory.ts';
import { readWindows } from '../../plan/windows.ts';
import type { Decided } from '../scan/scan.ts';
import { subjectIn, workloadText } from '../testing.ts';
import { createWindowGate, holdBack } from './windows.ts';

const NOW = new Date('2026-12-01T07:00:00Z');
const HOURS = {
  name: 'business-hours',
  allow: '0 9 * * 1-5',
  for: '8h',
  timeZone: 'Europe/Berlin',
  applies: ['commits'],
  line: 2,
} satisfies WindowSetting;
const FREEZE = {
  name: 'freeze',
  deny: '0 0 1 * *',
  for: '24h',
  timeZone: 'UTC',
  applies: ['commits'],
  line: 5,
} satisfies WindowSetting;
const RELEASE = 'weaveflux release shop:deployment/cart --container app --tag 1.5.0 takes it at once.';

const windowsOf = (...settings: WindowSetting[]) => readWindows({ windows: settings, images: {} }).windows;

const REASONS: readonly { readonly name: string; readonly windows: WindowSetting[]; readonly reason: string }[] = [
  {
    name: 'an allow that is closed',
    windows: [HOURS],
    reason: `1.5.0 waits for the window business-hours until 2026-12-01T09:00 (Europe/Berlin); ${RELEASE}`,
  },
  {
    name: 'a deny that is open',
    windows: [FREEZE],
    reason: `1.5.0 waits for the end of the window freeze until 2026-12-02T00:00 (UTC); ${RELEASE}`,
  },
  {
    name: 'an allow that never opens',
    windows: [{ ...HOURS, allow: '0 0 30 2 *' }],
    reason: `1.5.0 waits for the window business-hours, which does not come; ${RELEASE}`,
  },
  {
    name: 'a window that cannot be understood',
    windows: [{ ...HOURS, timeZone: 'Mars' }],
    reason: `1.5.0 waits because the window business-hours (.weaveflux.yaml:2) cannot be understood; ${RELEASE}`,
  },
];

for (const { name, windows, reason } of REASONS) {
  test(`${name} is named with what resolves it`, () => {
    const { decided } = holdBack([updateOf('cart')], windowsOf(...windows), NOW);
    const [{ state, chosen, to, reason: told } = assert.fail()] = decided.map(({ decision }) => decision);
    assert.deepEqual(
      { state, tag: chosen?.tag, to, told },
      { state: 'outside-window', tag: '1.5.0', to: undefined, told: reason },
    );
  });
}

test('only what would be committed, of workloads that a window is about, waits', () => {
  const cart = updateOf('cart');
  const web = updateOf('web');
  const current: Decided = { ...cart, decision: { state: 'current', reason: 'It is.', needsMetadata: [] } };
  const windows = windowsOf({ ...HOURS, workloads: ['shop:*/cart'] });
  const { decided, waiting, until } = holdBack([cart, web, current], windows, NOW);
  assert.deepEqual(
    decided.map(({ decision: { state } }) => state),
    ['outside-window', 'update', 'current'],
  );
  assert.deepEqual([decided[1], decided[2]], [web, current]);
  assert.deepEqual([...waiting], ['example.org/cart']);
  assert.equal(until?.toISOString(), '2026-12-01T08:00:00.000Z');
  assert.deepEqual(holdBack([cart], windows, new Date('2026-12-01T08:00:00Z')).decided, [cart]);
});

test('it is looked at again at the moment at which the first window opens, and not when nothing waits any more', () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: NOW });
  try {
    const memory = createMemory();
    memory.windows = windowsOf(
      { ...HOURS, workloads: ['shop:*/cart'] },
      { ...HOURS, allow: '0 12 * * *', workloads: ['shop:*/web'] },
    );
    const asked: string[][] = [];
    const gate = createWindowGate({ memory, now: () => new Date() }, (names) => asked.push([...names]));
    gate.hold([updateOf('web'), updateOf('cart')]);
    mock.timers.tick(3_600_000 - 1);
    assert.deepEqual(asked, []);
    mock.timers.tick(1);
    assert.deepEqual(asked, [['example.org/web', 'example.org/cart']]);
    gate.hold([updateOf('web')]);
    gate.hold([]);
    mock.timers.tick(24 * 3_600_000);
    assert.equal(asked.length, 1);
    gate.stop();
  } finally {
    mock.timers.reset();
  }
});

function updateOf(name: string): Decided {
  const subject = subjectIn(workloadText(name, `example.org/${name}:1.4.0`, { 'weaveflux.dev/automated': 'true' }));
  const to = `example.org/${name}:1.5.0`;
  return {
    subject,
    decision: { state: 'update', reason: '1.5.0 is newer.', chosen: { tag: '1.5.0' }, to, needsMetadata: [] },
    held: new Map(),
    tags: () => [],
    unreadable: new Set(),
    decidedAt: NOW,
    scannedAt: undefined,
    problem: undefined,
  };
}
