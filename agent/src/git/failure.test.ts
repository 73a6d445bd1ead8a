import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { gitFailure, isCorrupt } from './failure.ts';
import { ProcessFailure } from './process.ts';

const SECRET = 'CANARY-s3cret';
const context = { url: 'https://h/x.git', kind: 'https', host: 'h', timeout: 20_000, secrets: [SECRET] } as const;
const ended = (stderr: string) => new ProcessFailure('exit', 128, '', stderr);

describe('gitFailure', () => {
  // What git, ssh and the hosts say, as seen from them.
  const cases: [string, string, RegExp][] = [
    [
      '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.',
      'GIT_HOST_KEY',
      /not the one that is known/,
    ],
    [
      'No ED25519 host key is known for [h]:22 and you have requested strict checking.\nHost key verification failed.',
      'GIT_HOST_KEY',
      /is unknown/,
    ],
    [
      'Unable to negotiate with h port 22: no matching host key type found. Their offer: ssh-rsa',
      'GIT_HOST_KEY',
      /too weak/,
    ],
    ['fatal: unable to access: SSL certificate problem: certificate has expired', 'GIT_HOST_KEY', /certificate/],
    ['fatal: unable to access: server certificate verification failed. CAfile: none', 'GIT_HOST_KEY', /certificate/],
    [
      'git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.',
      'GIT_AUTH',
      /does not accept/,
    ],
    ["remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'https://h/'", 'GIT_AUTH', /user and token/],
    ["fatal: could not read Password for 'https://u@h': terminal prompts disabled", 'GIT_AUTH', /user and token/],
    ['fatal: unable to access: The requested URL returned error: 403', 'GIT_AUTH', /user and token/],
    [
      'ERROR: The key you are authenticating with has been marked as read only.',
      'GIT_AUTH',
      /may read .* but not push/,
    ],
    ['remote: Repository not found.', 'GIT_AUTH', /no repository at/],
    ['ssh: Could not resolve hostname h: Name or service not known', 'GIT_UNREACHABLE', /cannot be reached/],
    ['ssh: connect to host h port 22: Connection refused', 'GIT_UNREACHABLE', /cannot be reached/],
    ['fatal: unable to access: The requested URL returned error: 502', 'GIT_UNREACHABLE', /cannot be reached/],
    ['fatal: the remote end hung up unexpectedly', 'GIT_UNREACHABLE', /cannot be reached/],
    ['fatal: something new\nsecond line', 'GIT_FAILED', /something new/],
  ];
  for (const [stderr, code, says] of cases)
    it(stderr.split('\n')[0] ?? '', () => {
      const failure = gitFailure(ended(`${stderr}\nhttps://u:${SECRET}@h ${SECRET}`), context);
      assert.equal(failure.code, code);
      assert.match(failure.message, says);
      assert.doesNotMatch(inspect(failure, { depth: 5 }), /CANARY/);
      assert.doesNotMatch(failure.message, /\n/);
    });

  it('names the deadline', () => {
    const failure = gitFailure(new ProcessFailure('timeout', undefined, '', ''), context);
    assert.deepEqual([failure.code, /within 20s.*--git-timeout/.test(failure.message)], ['GIT_UNREACHABLE', true]);
  });

  it('tells a cancelled call', () => {
    assert.equal(gitFailure(new ProcessFailure('cancelled', undefined, '', ''), context).code, 'CANCELLED');
  });
});

describe('isCorrupt', () => {
  for (const stderr of [
    'error: object file objects/ab/c is empty',
    'fatal: bad object HEAD',
    'fatal: unable to read tree 1',
  ])
    it(stderr, () => assert.equal(isCorrupt(ended(stderr)), true));
  for (const stderr of [
    "fatal: '/x' does not appear to be a git repository",
    'fatal: early EOF',
    'ssh: Connection refused',
  ])
    it(`not: ${stderr}`, () => assert.equal(isCorrupt(ended(stderr)), false));
});
