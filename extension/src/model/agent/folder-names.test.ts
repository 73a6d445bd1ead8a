import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { environmentNames, pathInside } from './folder-names.ts';

describe('the path of a file inside a repository', () => {
  const cases: readonly [string, string, boolean, string | undefined][] = [
    ['/srv/live', '/srv/live/shop/web.yaml', false, 'shop/web.yaml'],
    ['/srv/live/', '/srv/live/web.yaml', false, 'web.yaml'],
    ['/srv/live', '/srv/live', false, ''],
    ['/srv/live', '/srv/live-2/web.yaml', false, undefined],
    ['/srv/live', '/srv/Live/web.yaml', false, undefined],
    ['/c:/Srv/Live', '/C:/srv/live/Web.yaml', true, 'Web.yaml'],
    ['/', '/web.yaml', false, 'web.yaml'],
  ];
  for (const [folder, path, isCaseless, expected] of cases)
    test(`${path} in ${folder}`, () => assert.equal(pathInside(folder, path, isCaseless), expected));
});

describe('the names of environments', () => {
  const cases: readonly [string, readonly [string, string | undefined][], readonly string[]][] = [
    ['the folder, before the agent is known', [['/w/live', undefined]], ['live']],
    ['the environment', [['/w/env', 'production']], ['production']],
    [
      'both, where several are open',
      [
        ['/w/a', 'production'],
        ['/w/b', 'staging'],
      ],
      ['production (a)', 'staging (b)'],
    ],
    [
      'once, where both are the same',
      [
        ['/w/live', 'live'],
        ['/w/b', undefined],
      ],
      ['live', 'b'],
    ],
    [
      'with the path, where nothing else differs',
      [
        ['/w/x/live', 'a'],
        ['/w/y/live', 'a'],
      ],
      ['a (live) (/w/x/live)', 'a (live) (/w/y/live)'],
    ],
  ];
  for (const [name, open, expected] of cases)
    test(name, () => {
      const given = open.map(([root, environment]) => ({ root, environment }));
      assert.deepEqual(environmentNames(given), expected);
    });
});
