import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseChallenge, parseChallenges } from './challenge.ts';

const cases: [header: string | string[] | undefined, expected: [string, Record<string, string>][]][] = [
  [undefined, []],
  ['', []],
  ['Basic', [['basic', {}]]],
  ['Basic realm="x"', [['basic', { realm: 'x' }]]],
  ['BASIC Realm=x', [['basic', { realm: 'x' }]]],
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
    [
      [
        'bearer',
        { realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:a/b:pull,push' },
      ],
    ],
  ],
  [
    'Bearer realm="a" , Basic realm="b"',
    [
      ['bearer', { realm: 'a' }],
      ['basic', { realm: 'b' }],
    ],
  ],
  [
    ['Basic realm="b"', 'Bearer realm="a"'],
    [
      ['basic', { realm: 'b' }],
      ['bearer', { realm: 'a' }],
    ],
  ],
  [
    'Negotiate YII=, Basic realm="b"',
    [
      ['negotiate', {}],
      ['basic', { realm: 'b' }],
    ],
  ],
  [
    'Negotiate, Basic realm="b"',
    [
      ['negotiate', {}],
      ['basic', { realm: 'b' }],
    ],
  ],
  ['Bearer realm="say \\"hi\\", you",x=1', [['bearer', { realm: 'say "hi", you', x: '1' }]]],
  [',, Bearer realm = "a" ,, service = s ,', [['bearer', { realm: 'a', service: 's' }]]],
  ['Bearer realm="unfinished', [['bearer', { realm: '' }]]],
  ['realm="x"', []],
  ['"', []],
];

for (const [header, expected] of cases) {
  test(`challenge ${JSON.stringify(header)}`, () => {
    const found = parseChallenges(header).map(({ scheme, params }) => [scheme, Object.fromEntries(params)]);
    assert.deepEqual(found, expected);
  });
}

test('Bearer is answered before Basic, other schemes not at all', () => {
  const schemeOf = (header: string) => chooseChallenge(parseChallenges(header))?.scheme;
  assert.equal(schemeOf('Basic realm="b", Bearer realm="a"'), 'bearer');
  assert.equal(schemeOf('Basic realm="b", Bearer error="x"'), 'basic');
  assert.equal(schemeOf('Negotiate, Digest realm="x"'), undefined);
});

test('a hostile header is read to its end', () => {
  // Anything but linear time would not end before the run is given up.
  assert.ok(parseChallenges(`Bearer ${'"\\'.repeat(100_000)}`).length <= 1);
  assert.deepEqual(parseChallenges(', '.repeat(100_000)), []);
});
