import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ForgeConfig, ForgeKind } from '../forges/types.ts';
import { type ForgeFlags, forgeConfig } from './forge.ts';

const tokenFile = '/token';

describe('where pull and merge requests are made', () => {
  const told: [gitUrl: string, kind: ForgeKind, url: string, repository: string][] = [
    ['git@github.com:you/env.git', 'github', 'https://api.github.com', 'you/env'],
    ['ssh://git@ssh.github.com:443/you/env', 'github', 'https://api.github.com', 'you/env'],
    ['https://github.corp.example/you/env.git', 'github', 'https://github.corp.example/api/v3', 'you/env'],
    ['https://gitlab.com/you/group/env.git/', 'gitlab', 'https://gitlab.com/api/v4', 'you/group/env'],
    ['ssh://git@gitlab.corp.example:2222/you/env.git', 'gitlab', 'https://gitlab.corp.example/api/v4', 'you/env'],
    ['https://gitea.corp.example:3000/you/env', 'gitea', 'https://gitea.corp.example:3000/api/v1', 'you/env'],
    ['git@codeberg.org:you/env.git', 'gitea', 'https://codeberg.org/api/v1', 'you/env'],
    ['git@bitbucket.org:you/env.git', 'bitbucket', 'https://api.bitbucket.org/2.0', 'you/env'],
    ['https://dev.azure.com/org/shop/_git/env', 'azure', 'https://dev.azure.com', 'org/shop/env'],
    ['https://dev.azure.com/org/my%20shop/_git/env', 'azure', 'https://dev.azure.com', 'org/my shop/env'],
    ['https://dev.azure.com/org/_git/env', 'azure', 'https://dev.azure.com', 'org/env/env'],
    ['git@ssh.dev.azure.com:v3/org/shop/env', 'azure', 'https://dev.azure.com', 'org/shop/env'],
  ];
  for (const [gitUrl, kind, url, repository] of told)
    it(`is told by ${gitUrl}`, () => {
      const expected: ForgeConfig = { kind, url, repository, tokenFile };
      assert.deepEqual(forgeConfig({ gitUrl, tokenFile, kind: undefined, url: undefined }), expected);
    });

  it('is what the flags say before what the URL tells', () => {
    const gitUrl = 'https://git.corp.example/git/you/env.git';
    const given = forgeConfig({ gitUrl, tokenFile, kind: 'gitea', url: 'https://web.example/git/api/v1/' });
    assert.deepEqual(given, { kind: 'gitea', url: 'https://web.example/git/api/v1', repository: 'you/env', tokenFile });
  });

  it('is nowhere without a token', () => {
    const gitUrl = 'git@github.com:you/env.git';
    assert.equal(forgeConfig({ gitUrl, tokenFile: undefined, kind: undefined, url: undefined }), undefined);
  });

  const refused: [name: string, flags: Partial<ForgeFlags>, says: RegExp][] = [
    ['a kind without a token', { kind: 'gitea', tokenFile: undefined }, /^--forge needs --forge-token-file/],
    ['an address without a token', { url: 'https://x', tokenFile: undefined }, /^--forge-url needs --forge-token-file/],
    ['a host that does not tell', { gitUrl: 'git@git.example:you/env' }, /needs --forge, since the host/],
    ['a folder', { gitUrl: 'file:///you/env', kind: 'gitea' }, /needs --forge-url, since --git-url names no host/],
    ['no owner', { gitUrl: 'git@github.com:env' }, /does not name a repository below an owner/],
    ['a token in the open', { url: 'http://git.example' }, /it takes the https address/],
    ['a login in the address', { url: 'https://ada:s3cret@git.example' }, /it takes the https address/],
    ['no address', { url: 'git.example' }, /it takes the https address/],
  ];
  for (const [name, flags, says] of refused)
    it(`is not told by ${name}`, () => {
      const all = { gitUrl: 'git@github.com:you/env.git', tokenFile, kind: undefined, url: undefined, ...flags };
      assert.throws(() => forgeConfig(all), { code: 'INVALID_FLAG', message: says });
    });
});
