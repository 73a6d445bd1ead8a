import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FlagChange, translateFlags } from './flags.ts';

const GIT = '--git-url=git@git.example.com:acme/env';
const NONE = new Map<string, string>();

function translate(args: readonly string[], values: Readonly<Record<string, string>> = {}) {
  const { flags, changes, ...rest } = translateFlags(args, new Map(Object.entries(values)));
  const of = (name: string): FlagChange | undefined => changes.find(({ flag }) => flag === name);
  return { flags: Object.fromEntries(flags), of, ...rest };
}

describe('flags of fluxd', () => {
  const rows: readonly (readonly [string, string, FlagChange['change'], readonly string[] | undefined])[] = [
    ['a flag that the agent has', '--git-email=ops@example.com', 'kept', ['ops@example.com']],
    ['one whose meaning changed', '--sync-timeout=3m', 'kept', ['3m']],
    ['a boolean by itself', '--git-readonly', 'kept', ['true']],
    ['memcached', '--memcached-hostname=memcached', 'dropped', undefined],
    ['an empty value', '--git-path=', 'dropped', undefined],
    ['a guard that is off', '--git-verify-signatures=false', 'dropped', undefined],
    ['a listener', '--listen=:3030', 'dropped', undefined],
    ['the listener for metrics', '--listen-metrics=:3031', 'dropped', undefined],
    ['a kubeconfig', '--kube-config=/etc/kube/config', 'dropped', undefined],
  ];
  for (const [what, word, change, texts] of rows)
    it(`${what} is ${change}: ${word}`, () => {
      const name = /^--([^=]+)/.exec(word)?.[1] ?? '';
      const { flags, of } = translate([GIT, word]);
      assert.equal(of(name)?.change, change);
      assert.deepEqual(flags[name], texts);
      if (change === 'dropped') assert.notEqual(of(name)?.why, '');
    });

  it('says where a kept flag means something else', () => {
    assert.match(translate([GIT, '--sync-timeout=3m']).of('sync-timeout')?.why ?? '', /bounds the whole sync/);
  });

  it('gives renamed flags their new names, and merges lists', () => {
    const { flags, of } = translate([
      GIT,
      '--k8s-allow-namespace=shop',
      '--k8s-namespace-whitelist=pay',
      '--registry-poll-interval=7m',
    ]);
    assert.deepEqual(flags['k8s-allow-namespace'], ['shop', 'pay']);
    assert.deepEqual(flags['automation-interval'], ['7m']);
    assert.equal(of('registry-poll-interval')?.change, 'renamed');
  });

  it('writes out what fluxd did by default, garbage collection above all', () => {
    const { flags, set } = translate([GIT]);
    assert.deepEqual(flags, {
      'git-url': ['git@git.example.com:acme/env'],
      'git-branch': ['master'],
      'git-poll-interval': ['5m'],
      'automation-interval': ['5m'],
      'sync-garbage-collection': ['false'],
    });
    assert.deepEqual(set, { gitUrl: 'git@git.example.com:acme/env', branch: 'master', paths: [] });
  });

  it('keeps what fluxd was told about them', () => {
    const { flags } = translate([
      GIT,
      '--git-branch',
      'main',
      '--sync-garbage-collection',
      '--git-path=a,b',
      '--git-path=c',
    ]);
    assert.deepEqual(flags['git-branch'], ['main']);
    assert.deepEqual(flags['sync-garbage-collection'], ['true']);
    assert.deepEqual(flags['git-path'], ['a,b', 'c']);
    assert.deepEqual(translate([GIT, '--git-path=a,b', '--git-path=c']).set.paths, ['a', 'b', 'c']);
  });

  for (const [word, says] of [
    ['--sops', /--sops is not supported yet: SOPS files/],
    ['--manifest-generation=true', /--manifest-generation is not supported yet/],
    ['--git-verify-signatures-mode=all', /signatures of commits are not verified yet/],
    ['--git-signing-key=ABC', /--git-signing-key needs --git-gpg-key-import/],
    ['--no-such-flag=1', /--no-such-flag is no flag/],
    ['--sync-interval=often', /--sync-interval got "often"/],
  ] as const)
    it(`stops at ${word}`, () => {
      assert.throws(() => translateFlags([GIT, word], NONE), { code: 'INVALID_FLAG', message: says });
    });
});

describe('the login in --git-url', () => {
  it('that stands there is left out, but counts in the marks', () => {
    const { flags, of, set } = translate(['--git-url=https://bob:s3cret@git.example.com/env.git']);
    assert.deepEqual(flags['git-url'], ['https://git.example.com/env.git']);
    assert.equal(of('git-url')?.change, 'changed');
    assert.match(of('git-url')?.why ?? '', /Secret/);
    assert.equal(set.gitUrl, 'https://bob:s3cret@git.example.com/env.git');
  });

  it('that variables bring stays as it is', () => {
    const url = '--git-url=https://$(USER):$(KEY)@git.example.com/env.git';
    const known = translate([url], { USER: 'bob', KEY: 's3cret' });
    assert.deepEqual(known.flags['git-url'], ['https://$(USER):$(KEY)@git.example.com/env.git']);
    assert.equal(known.set.gitUrl, 'https://bob:s3cret@git.example.com/env.git');
    assert.deepEqual(known.unknown, []);
    assert.deepEqual(translate([url], { USER: 'bob' }).unknown, [], 'the password is in no mark');
    assert.deepEqual(translate([url]).unknown, ['USER']);
  });

  it('of ssh is an address and no secret', () => {
    assert.deepEqual(translate(['--git-url=ssh://git@host/env']).flags['git-url'], ['ssh://git@host/env']);
  });
});

describe('a password in --git-url', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['https://user:pw@host/x.git', 'https://host/x.git'],
    ['https://user:p@ss@host/x.git', 'https://host/x.git'],
    ['https://token@host/x.git', 'https://host/x.git'],
    ['https://token:@host/x.git', 'https://host/x.git'],
    ['https://:pw@host/x.git', 'https://host/x.git'],
    ['https://$(T)@host/x.git', 'https://$(T)@host/x.git'],
    ['https://$(U):p@$(P)@host/x', 'https://host/x'],
    ['https://$(U):$(P)@host/x', 'https://$(U):$(P)@host/x'],
    ['ssh://git:pw@host/x', 'ssh://git@host/x'],
    ['ssh://git@host/x', 'ssh://git@host/x'],
    ['git@host:x', 'git@host:x'],
  ];
  for (const [given, left] of rows)
    it(`${given} is written as ${left}`, () => {
      const { flags, of } = translate([`--git-url=${given}`], { U: 'bob', P: 'secret' });
      assert.deepEqual(flags['git-url'], [left]);
      assert.equal(of('git-url')?.change, given === left ? 'kept' : 'changed');
    });
});
