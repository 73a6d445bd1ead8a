import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { knownHosts } from './built-in-hosts.ts';
import { checkBranch, parseRemote } from './remote.ts';
import { cleanPath } from './tree.ts';

describe('parseRemote', () => {
  const cases: [string, object][] = [
    ['git@github.com:a/b.git', { kind: 'ssh', host: 'github.com', url: 'git@github.com:a/b.git' }],
    ['host:path', { kind: 'ssh', host: 'host', url: 'host:path' }],
    ['ssh://git@h:2222/a', { kind: 'ssh', host: 'h:2222', url: 'ssh://git@h:2222/a' }],
    ['ssh://git:pw@h/a', { kind: 'ssh', host: 'h', url: 'ssh://git@h/a' }],
    ['https://h/a.git', { kind: 'https', host: 'h', url: 'https://h/a.git' }],
    [
      'https://u%40x:p%2Fw@h:444/a',
      { kind: 'https', host: 'h:444', url: 'https://h:444/a', username: 'u@x', password: 'p/w' },
    ],
    ['https://tok@h/a', { kind: 'https', host: 'h', url: 'https://h/a', username: 'tok' }],
    ['/srv/env.git', { kind: 'file', host: '', url: 'file:///srv/env.git' }],
    ['file:///srv/env.git', { kind: 'file', host: '', url: 'file:///srv/env.git' }],
  ];
  for (const [text, expected] of cases) it(text, () => assert.deepEqual(parseRemote(text), expected));

  const refused = [
    '',
    '--upload-pack=id',
    '-h:x',
    'ext::sh -c id',
    'ext::x',
    'ssh://-oProxyCommand=x/a',
    'ssh://-l@h/a',
  ];
  for (const text of [...refused, 'git://h/a', 'h:-x', 'a b', 'https://', 'ftp://h/a', 'h:a\nb'])
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseRemote(text), { code: 'INVALID_FLAG' }));
});

describe('names', () => {
  for (const name of ['main', 'feature/x-1', 'release.1', 'ünï'])
    it(`takes the branch ${name}`, () => assert.equal(checkBranch(name), name));
  for (const name of [
    '',
    '-x',
    '--force',
    'a..b',
    'a b',
    'a~1',
    'a:b',
    'x.lock',
    '/a',
    'a/',
    'a//b',
    '.a',
    '@',
    'a@{1}',
    'a\n',
    'refs/heads/../..',
  ])
    it(`refuses the branch ${JSON.stringify(name)}`, () =>
      assert.throws(() => checkBranch(name), { code: 'INVALID_FLAG' }));
  it('gives a path one spelling', () => assert.deepEqual(['./a//b/', '.', ''].map(cleanPath), ['a/b', '', '']));
});

describe('known hosts', () => {
  it("leave a host of ours out where the user's file names it", () => {
    const text = knownHosts(['# mine\ngithub.com ssh-ed25519 AAAA\n', 'other ssh-rsa BBBB']);
    assert.deepEqual(text.match(/^github\.com .*/gm), ['github.com ssh-ed25519 AAAA']);
    assert.match(text, /^gitlab\.com ssh-ed25519 /m);
    assert.match(text, /^other ssh-rsa BBBB$/m);
  });
});
