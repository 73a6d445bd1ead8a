import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WindowSetting } from '@weaveflux/shared';
import { readWindows, windowAt, windowsFor, windowsOfDeploys } from './windows.ts';

const BERLIN = { timeZone: 'Europe/Berlin' };
const HOURS = { name: 'hours', allow: '0 9 * * 1-5', for: '8h', ...BERLIN };
const FREEZE = { name: 'freeze', deny: '0 0 24 12 *', for: '240h', ...BERLIN };
const NIGHTLY = { name: 'nightly', allow: '30 2 * * *', for: '1h', ...BERLIN };

type Written = Omit<WindowSetting, 'line' | 'timeZone' | 'applies'> &
  Partial<Pick<WindowSetting, 'timeZone' | 'applies'>>;

const read = (...settings: Written[]) => readWindows({ windows: settings.map(completed), images: {} });

function completed(setting: Written, index: number): WindowSetting {
  return { timeZone: 'UTC', applies: ['commits'], line: index + 2, ...setting };
}

interface Case {
  readonly name: string;
  readonly windows: readonly Written[];
  readonly now: string;
  readonly open: boolean;
  readonly until?: string;
  readonly by?: string;
}

const CASES: Readonly<Record<string, readonly Case[]>> = {
  'one window': [
    { name: 'none: always open', windows: [], now: '2026-12-01T08:00:00Z', open: true },
    {
      name: 'before it opens',
      windows: [HOURS],
      now: '2026-12-01T07:59:59.999Z',
      open: false,
      until: '2026-12-01T08:00:00Z',
      by: 'hours',
    },
    {
      name: 'as it opens',
      windows: [HOURS],
      now: '2026-12-01T08:00:00Z',
      open: true,
      until: '2026-12-01T16:00:00Z',
      by: 'hours',
    },
    {
      name: 'inside it',
      windows: [HOURS],
      now: '2026-12-01T15:59:59.999Z',
      open: true,
      until: '2026-12-01T16:00:00Z',
      by: 'hours',
    },
    {
      name: 'as it closes',
      windows: [HOURS],
      now: '2026-12-01T16:00:00Z',
      open: false,
      until: '2026-12-02T08:00:00Z',
      by: 'hours',
    },
    {
      name: 'over a weekend',
      windows: [HOURS],
      now: '2026-12-04T17:00:00Z',
      open: false,
      until: '2026-12-07T08:00:00Z',
      by: 'hours',
    },
    {
      name: 'deny alone leaves all else open',
      windows: [FREEZE],
      now: '2026-12-01T08:00:00Z',
      open: true,
      until: '2026-12-23T23:00:00Z',
    },
    {
      name: 'inside deny',
      windows: [FREEZE],
      now: '2026-12-31T00:00:00Z',
      open: false,
      until: '2027-01-02T23:00:00Z',
      by: 'freeze',
    },
    {
      name: 'an allow that never opens',
      windows: [{ name: 'never', allow: '0 0 30 2 *', for: '1h' }],
      now: '2026-12-01T08:00:00Z',
      open: false,
      by: 'never',
    },
  ],
  'several windows': [
    {
      name: 'deny goes before allow, and then allow must be open',
      windows: [HOURS, FREEZE],
      now: '2026-12-28T10:00:00Z',
      open: false,
      until: '2027-01-04T08:00:00Z',
      by: 'freeze',
    },
    {
      name: 'allow closes early where deny begins',
      windows: [HOURS, { name: 'noon', deny: '0 12 * * *', for: '1h', ...BERLIN }],
      now: '2026-12-01T09:00:00Z',
      open: true,
      until: '2026-12-01T11:00:00Z',
      by: 'hours',
    },
    {
      name: 'overlapping allows are one',
      windows: [HOURS, { name: 'late', allow: '0 16 * * *', for: '3h', ...BERLIN }],
      now: '2026-12-01T10:00:00Z',
      open: true,
      until: '2026-12-01T18:00:00Z',
      by: 'hours',
    },
    {
      name: 'allows that touch are one',
      windows: [HOURS, { name: 'late', allow: '0 17 * * *', for: '3h', ...BERLIN }],
      now: '2026-12-01T10:00:00Z',
      open: true,
      until: '2026-12-01T19:00:00Z',
      by: 'hours',
    },
    {
      name: 'a window that opens again before it closes stays open',
      windows: [{ name: 'half', allow: '0 * * * *', for: '90m' }],
      now: '2026-12-01T10:10:00Z',
      open: true,
      by: 'half',
    },
    {
      name: 'overlapping denies are one',
      windows: [FREEZE, { name: 'more', deny: '0 0 2 1 *', for: '48h', ...BERLIN }],
      now: '2026-12-31T00:00:00Z',
      open: false,
      until: '2027-01-03T23:00:00Z',
      by: 'freeze',
    },
    {
      name: 'the allow that opens first is waited for',
      windows: [HOURS, { name: 'early', allow: '0 6 * * *', for: '1h', ...BERLIN }],
      now: '2026-12-01T00:00:00Z',
      open: false,
      until: '2026-12-01T05:00:00Z',
      by: 'early',
    },
  ],
  'daylight saving time': [
    {
      name: 'an opening in the gap is at its end',
      windows: [NIGHTLY],
      now: '2026-03-29T00:59:00Z',
      open: false,
      until: '2026-03-29T01:00:00Z',
      by: 'nightly',
    },
    {
      name: 'and lasts as long as ever',
      windows: [NIGHTLY],
      now: '2026-03-29T01:30:00Z',
      open: true,
      until: '2026-03-29T02:00:00Z',
      by: 'nightly',
    },
    {
      name: 'an opening in the overlap is the first of the two',
      windows: [NIGHTLY],
      now: '2026-10-25T00:29:00Z',
      open: false,
      until: '2026-10-25T00:30:00Z',
      by: 'nightly',
    },
    {
      name: 'and not the second',
      windows: [NIGHTLY],
      now: '2026-10-25T01:30:00Z',
      open: false,
      until: '2026-10-26T01:30:00Z',
      by: 'nightly',
    },
    {
      name: 'a window over the change lasts in time that passes: spring',
      windows: [{ name: 'night', allow: '0 22 * * *', for: '8h', ...BERLIN }],
      now: '2026-03-28T22:00:00Z',
      open: true,
      until: '2026-03-29T05:00:00Z',
      by: 'night',
    },
    {
      name: 'a window over the change lasts in time that passes: autumn',
      windows: [{ name: 'night', allow: '0 22 * * *', for: '8h', ...BERLIN }],
      now: '2026-10-24T21:00:00Z',
      open: true,
      until: '2026-10-25T04:00:00Z',
      by: 'night',
    },
    {
      name: 'the same hour of the clock after the change',
      windows: [HOURS],
      now: '2026-03-28T12:00:00Z',
      open: false,
      until: '2026-03-30T07:00:00Z',
      by: 'hours',
    },
  ],
};

for (const [group, cases] of Object.entries(CASES)) {
  describe(group, () => {
    for (const { name, windows, now, open, until, by } of cases) {
      it(name, () => {
        const { windows: known, problems } = read(...windows);
        assert.deepEqual(problems, []);
        const state = windowAt(known, new Date(now));
        assert.deepEqual(
          { open: state.open, until: state.until?.toISOString(), by: state.window?.name },
          { open, until: until && new Date(until).toISOString(), by },
        );
      });
    }
  });
}

const BROKEN: readonly { readonly name: string; readonly window: Written; readonly says: RegExp }[] = [
  {
    name: 'a minute that no hour has',
    window: { allow: '75 * * * *', for: '1h' },
    says: /"75 \* \* \* \*" is no cron expression/,
  },
  { name: 'a word for an expression', window: { deny: '@daily', for: '1h' }, says: /five fields/ },
  { name: 'an expression with seconds', window: { deny: '0 0 9 * * *', for: '1h' }, says: /five fields/ },
  {
    name: 'a zone that is nowhere',
    window: { ...HOURS, timeZone: 'Europe/Atlantis' },
    says: /"Europe\/Atlantis" is no time zone/,
  },
  { name: 'a length without a unit', window: { ...HOURS, for: '8' }, says: /"8" is no duration/ },
  { name: 'no length', window: { ...HOURS, for: '0' }, says: /no length/ },
];

describe('a window that cannot be understood', () => {
  for (const { name, window, says } of BROKEN) {
    it(`${name} is told at its line and keeps closed what it is about`, () => {
      const { windows, problems } = read(HOURS, { ...window, workloads: ['shop:*'] });
      assert.deepEqual(
        problems.map(({ file, line, severity }) => ({ file, line, severity })),
        [{ file: '.weaveflux.yaml', line: 3, severity: 'error' }],
      );
      assert.match(problems[0]?.message ?? '', says);
      const noon = new Date('2026-12-01T11:00:00Z');
      const state = windowAt(windowsFor(windows, 'shop:deployment/cart'), noon);
      assert.deepEqual([state.open, state.until, state.window?.line], [false, undefined, 3]);
      assert.equal(windowAt(windowsFor(windows, 'bank:deployment/cart'), noon).open, true);
    });
  }
});

it('a window is about the workloads that it names', () => {
  const { windows } = read(
    { ...HOURS, name: 'all' },
    { ...HOURS, name: 'deployments', workloads: ['shop:deployment/*'] },
    { ...HOURS, name: 'shop', workloads: ['shop:*'] },
    { ...HOURS, name: 'cart', workloads: ['bank:deployment/cart', '*:*/cart'] },
  );
  const names = (workload: string) => windowsFor(windows, workload).map(({ name }) => name);
  assert.deepEqual(names('shop:deployment/cart'), ['all', 'deployments', 'shop', 'cart']);
  assert.deepEqual(names('shop:deployment/web'), ['all', 'deployments', 'shop']);
  assert.deepEqual(names('shop:statefulset/cart'), ['all', 'shop', 'cart']);
  assert.deepEqual(names('workshop:deployment/web'), ['all']);
});

it('a state never changes before the time that it tells, whatever the windows', () => {
  const { windows } = read(HOURS, NIGHTLY, {
    name: 'weekly',
    deny: '15 10 * * 2',
    for: '3h',
    timeZone: 'America/New_York',
  });
  for (let minute = 0; minute < 4 * 24 * 60; minute += 7) {
    const now = new Date(Date.UTC(2026, 2, 27) + minute * 60_000);
    const { open, until } = windowAt(windows, now);
    assert.ok(until !== undefined && until > now, now.toISOString());
    assert.equal(windowAt(windows, until).open, !open, `${now.toISOString()} until ${until.toISOString()}`);
    const before = new Date(until.getTime() - 1);
    assert.equal(windowAt(windows, before).open, open, `${now.toISOString()} just before ${until.toISOString()}`);
  }
});

it('commits and deliveries have windows of their own', () => {
  const { windows } = read(
    { ...HOURS, name: 'commits' },
    { ...HOURS, name: 'deploys', applies: ['deploys'] },
    { ...HOURS, name: 'both', applies: ['commits', 'deploys'] },
  );
  const names = (of: readonly { readonly name: string }[]) => of.map(({ name }) => name);
  assert.deepEqual(names(windowsFor(windows, 'shop:deployment/cart')), ['commits', 'both']);
  assert.deepEqual(names(windowsOfDeploys(windows)), ['deploys', 'both']);
});

it('where images are only proposed, no window is about commits', () => {
  const settings = [HOURS, { ...HOURS, name: 'both', applies: ['commits' as const, 'deploys' as const] }];
  const images = { write: { branch: 'weaveflux/images' } };
  const { windows } = readWindows({ windows: settings.map(completed), images });
  assert.deepEqual(
    windows.map(({ name, applies }) => [name, applies]),
    [['both', ['deploys']]],
  );
});
