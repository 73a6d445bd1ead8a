import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isSameRepository, parseGitUrl } from './git-url.ts';

/** Each line: remotes that lead to one repository. */
const SAME: readonly (readonly string[])[] = [
  [
    'git@host.example:org/repo.git',
    'host.example:org/repo',
    'ssh://git@host.example:22/org/repo',
    'ssh://host.example/org/repo.git/',
    'git+ssh://git@host.example/org/repo',
    'https://user:token@host.example/org/repo.git/',
    'https://HOST.example:443/org/repo',
    'https://host.example./org//repo',
    'http://host.example:80/org/repo',
    'git://host.example:9418/org/repo.git',
    'git@host.example:/org/repo.git',
    ' https://host.example/org/repo\n',
  ],
  ['ssh://git@host.example:2222/org/repo', '[git@host.example:2222]:org/repo', 'https://host.example:8443/org/repo'],
  ['https://host.example/a%20b/c', 'git@host.example:a b/c'],
  ['https://[::1]:8443/org/repo', 'ssh://git@[::1]/org/repo', 'git@[::1]:org/repo'],
  ['https://github.com/Org/Repo', 'git@github.com:org/repo.git', 'ssh://git@ssh.github.com:443/org/repo.git'],
  ['https://gitlab.com/org/group/repo', 'ssh://git@altssh.gitlab.com:443/org/group/repo.git'],
  [
    'https://org@dev.azure.com/org/project/_git/repo',
    'git@ssh.dev.azure.com:v3/org/project/repo',
    'https://dev.azure.com/Org/project/_git/repo',
  ],
  ['https://bitbucket.example/scm/proj/repo.git', 'ssh://git@bitbucket.example:7999/proj/repo.git'],
  ['/srv/git/repo.git', 'file:///srv/git/repo', 'file://localhost/srv/git/repo.git/', '/srv/./x/../git//repo/'],
  ['/srv/git/repo', '/srv/git/repo/.git'],
  ['C:\\git\\repo', 'file:///c:/git/repo.git', 'c:/git/repo'],
];

/** Each line: two remotes that lead to different ones. */
const OTHER: readonly (readonly [string, string])[] = [
  ['git@host.example:org/repo', 'git@host.example:org/other'],
  ['git@host.example:org/repo', 'git@other.example:org/repo'],
  ['https://host.example/org/Repo', 'https://host.example/org/repo'],
  ['https://127.0.0.1:3001/org/repo', 'https://127.0.0.1:3002/org/repo'],
  ['ssh://git@host.example:22/org/repo', 'ssh://git@host.example:2222/org/repo'],
  ['/srv/git/repo', '/srv/git/other'],
  ['/srv/git/repo', 'https://host.example/srv/git/repo'],
  ['/srv/git/repo', 'file://host.example/srv/git/repo'],
  ['../repo', '../repo'],
  ['', ''],
  ['https://', 'https://'],
  ['https://host.example/', 'https://host.example'],
];

describe('the remote and the agent mean the same repository', () => {
  for (const urls of SAME) {
    test(urls[0] ?? '', () => {
      for (const one of urls) for (const other of urls) assert.ok(isSameRepository(one, other), `${one} | ${other}`);
    });
  }
});

describe('the remote and the agent mean different repositories', () => {
  for (const [one, other] of OTHER) {
    test(`${one} | ${other}`, () => {
      assert.equal(isSameRepository(one, other), false);
      assert.equal(isSameRepository(other, one), false);
    });
  }
});

test('nothing of a login is kept', () => {
  const place = parseGitUrl('https://ann:hunter2@host.example/org/repo');
  assert.deepEqual(place, { host: 'host.example', port: '', transport: 'https', path: 'org/repo' });
});
