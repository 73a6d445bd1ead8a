import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, HistoryEntry, Status } from '@weaveflux/shared';
import type { Lane } from './snapshot.ts';
import { change, eventLog, HOUR, MINUTE, START, status } from './testing.ts';
import { TIMELINE_SPAN, timelineOf } from './timeline.ts';

function timeline(events: readonly Event[], history: readonly HistoryEntry[] = [], given: Status = status()) {
  const now = START + 24 * HOUR;
  return timelineOf({ events, history, status: given, now, until: now });
}

function lane(name: Lane, ...given: Parameters<typeof timeline>) {
  return timeline(...given).items.filter((item) => item.lane === name);
}

test('a commit is one release with all its images, by whoever asked for it', () => {
  const history = [change('b', HOUR, 'cart'), change('b', HOUR, 'search'), change('a', 0, 'cart')];
  const asked = history.map((entry) => ({ ...entry, requestedBy: 'Ann <ann@example.com>' }));
  const [release] = lane('releases', [], asked);
  assert.equal(release?.title, 'Release b');
  assert.deepEqual(release?.lines, [
    'shop:deployment/cart cart: 1.0.0 → 1.1.0',
    'shop:deployment/search search: 1.0.0 → 1.1.0',
  ]);
  assert.equal(release?.by, 'Ann');
  assert.deepEqual(release?.action, { command: 'open', target: { revision: 'b' } });
});

test('a commit by which the agent went back by itself stands out', () => {
  const history = [{ ...change('b', HOUR, 'cart'), rollback: 'it crashes' }, change('a', 0, 'cart')];
  assert.deepEqual(
    lane('releases', [], history).map(({ tone }) => tone),
    ['warning', 'info'],
  );
});

test('a release that is told is shown at once, and once when the history has it too', () => {
  const event = eventLog();
  const told = [event(HOUR, 'released', { revision: 'b' }), event(HOUR, 'released', { revision: 'b' })];
  assert.equal(lane('releases', told).length, 1);
  assert.equal(lane('releases', told, [change('b', HOUR, 'cart')])[0]?.title, 'Release b');
});

test('what is older than seven days is left out', () => {
  const now = START + 24 * HOUR;
  const history = [change('new', 0, 'cart'), change('old', 23 * HOUR - TIMELINE_SPAN, 'cart')];
  assert.deepEqual(
    lane('releases', [], history).map(({ title }) => title),
    ['Release new'],
  );
  assert.equal(timelineOf({ events: [], history, status: status(), now, until: now }).knownSince, undefined);
});

test('interference lasts until it is corrected, and what is contested stays bad', () => {
  const event = eventLog();
  const object = 'apps/Deployment/shop/cart';
  const [contested, open, corrected] = lane('interference', [
    event(0, 'interference', { object, message: 'cart was changed by kubectl' }),
    event(400, 'corrected', { object }),
    event(MINUTE, 'interference', { object: 'apps/Deployment/shop/search' }),
    event(2 * MINUTE, 'contested', { object, severity: 'warning' }),
  ]);
  assert.equal(corrected?.to, START + 400);
  assert.equal(corrected?.tone, 'good');
  assert.equal(open?.to, undefined);
  assert.equal(open?.tone, 'warning');
  assert.equal(contested?.tone, 'bad');
});

test('a failure ends where the agent says so, and lists what was told meanwhile', () => {
  const event = eventLog();
  const revision = 'b';
  const [failure] = lane('failures', [
    event(0, 'sync-failed', { revision, severity: 'error' }),
    event(MINUTE, 'object-failed', { revision, severity: 'error', message: 'cart failed' }),
    event(3 * MINUTE, 'sync-applied', { revision }),
  ]);
  assert.equal(failure?.to, START + 3 * MINUTE);
  assert.deepEqual(failure?.lines, ['cart failed']);
});

test('an outage goes on until it is over', () => {
  const event = eventLog();
  const [cluster, git] = lane('failures', [
    event(0, 'git-unreachable', { severity: 'error' }),
    event(MINUTE, 'cluster-unreachable', { severity: 'error' }),
    event(2 * MINUTE, 'git-recovered'),
  ]);
  assert.equal(git?.to, START + 2 * MINUTE);
  assert.equal(cluster?.ongoing, true);
});

const unhealthyAgain = () => {
  const event = eventLog();
  return [
    event(0, 'healthy', { revision: 'a' }),
    event(HOUR, 'unhealthy', { revision: 'a', severity: 'error' }),
    event(5 * HOUR, 'sync-started', { revision: 'b' }),
    event(5 * HOUR + MINUTE, 'healthy', { revision: 'b' }),
  ];
};

test('an end that nobody tells is not made up: a revision that was healthy before failed for a moment', () => {
  const [failure] = lane('failures', unhealthyAgain());
  assert.equal(failure?.to, undefined);
  assert.equal(failure?.ongoing, false);
  assert.deepEqual(
    timeline(unhealthyAgain()).strip.map(({ state, from, to }) => [state, (to - from) / MINUTE]),
    [
      ['healthy', 60],
      ['unknown', 240],
      ['progressing', 1],
      ['healthy', 19 * 60 - 1],
    ],
  );
});

test('what still fails goes on until now', () => {
  const failing = status([], { sync: { ...status().sync, state: 'failed' } });
  const events = unhealthyAgain().slice(0, 2);
  assert.equal(lane('failures', events, [], failing)[0]?.ongoing, true);
  assert.equal(timeline(events, [], failing).strip.at(-1)?.state, 'failing');
});

test('the strip shows what lies over the delivery, and what was before comes back', () => {
  const event = eventLog();
  const { strip } = timeline([
    event(0, 'agent-started'),
    event(1 * HOUR, 'sync-started', { revision: 'a' }),
    event(2 * HOUR, 'sync-applied', { revision: 'a' }),
    event(3 * HOUR, 'healthy', { revision: 'a' }),
    event(4 * HOUR, 'suspended'),
    event(5 * HOUR, 'git-unreachable'),
    event(6 * HOUR, 'git-recovered'),
    event(7 * HOUR, 'resumed'),
    event(8 * HOUR, 'suspended', { object: 'apps/Deployment/shop/cart' }),
    event(9 * HOUR, 'agent-stopped'),
  ]);
  assert.deepEqual(
    strip.map(({ state, from }) => [state, (from - START) / HOUR]),
    [
      ['unknown', 0],
      ['progressing', 1],
      ['healthy', 3],
      ['suspended', 4],
      ['unreachable', 5],
      ['suspended', 6],
      ['healthy', 7],
      ['unknown', 9],
    ],
  );
});

test('while the agent is away the strip ends where it was last heard of', () => {
  const event = eventLog();
  const events = [event(0, 'healthy', { revision: 'a' })];
  const now = START + 24 * HOUR;
  const { strip } = timelineOf({ events, history: [], status: status(), now, until: START + HOUR });
  assert.deepEqual(strip, [{ from: START, to: START + HOUR, state: 'healthy' }]);
});

test('a restart of the agent ends what nobody can tell the end of', () => {
  const event = eventLog();
  const events = [event(0, 'git-unreachable', { severity: 'error' }), event(HOUR, 'agent-started')];
  const [failure] = lane('failures', events);
  assert.equal(failure?.ongoing, false);
  assert.equal(failure?.to, undefined);
});
