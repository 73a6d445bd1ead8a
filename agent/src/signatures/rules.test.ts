import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keyFilesOf, readSignatureRules, rulesFor } from './rules.ts';
import { testKeys } from './testing.ts';

const { pem, key } = testKeys();
const secret = key.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('rules about signatures', () => {
  const fitting: readonly [string, string, boolean][] = [
    ['ghcr.io/you/*', 'ghcr.io/you/app', true],
    ['ghcr.io/you/*', 'ghcr.io/you/team/app', true],
    ['ghcr.io/you/*', 'ghcr.io/your/app', false],
    ['ghcr.io/you/app', 'ghcr.io/you/app2', false],
    ['*', 'quay.io/a/b', true],
    ['nginx', 'index.docker.io/library/nginx', true],
    ['docker.io/nginx', 'index.docker.io/library/nginx', true],
    ['docker.io/you/*', 'index.docker.io/you/app', true],
    ['you/*', 'index.docker.io/you/app', true],
    ['you/*', 'ghcr.io/you/app', false],
    ['registry-1.docker.io/*', 'index.docker.io/library/nginx', true],
    ['nginx', 'registry-1.docker.io/library/nginx', true],
    ['ghcr.io/you/*', 'ghcr.io:443/you/app', true],
    ['ghcr.io/you/*', 'GHCR.io/you/app', true],
    ['ghcr.io/you/*', 'ghcr.io:8443/you/app', false],
    ['ghcr.io:443/you/*', 'ghcr.io/you/app', true],
    ['127.0.0.1:5000/*', '127.0.0.1:5000/app', true],
  ];
  for (const [glob, name, expected] of fitting) {
    it(`${glob} is ${expected ? '' : 'not '}about ${name}`, () => {
      const { rules } = readSignatureRules({ verify: [{ images: [glob], key: pem, line: 2 }] }, new Map());
      assert.equal(rulesFor(rules, name).length === 1, expected);
    });
  }

  for (const glob of [
    'ghcr.io/you/app:*',
    'nginx:1.29',
    'ghcr.io/you/app@sha256:*',
    'https://ghcr.io/you/*',
    'ghcr.io/You/*',
    'You/*',
    'ghcr.io/you/',
    ' ghcr.io/you/*',
  ]) {
    it(`${JSON.stringify(glob)} can fit no image, which is an error at its line`, () => {
      const { problems } = readSignatureRules({ verify: [{ images: ['*', glob], key: pem, line: 4 }] }, new Map());
      assert.deepEqual(
        problems.map(({ severity, line }) => ({ severity, line })),
        [{ severity: 'error', line: 4 }],
      );
      assert.match(problems[0]?.message ?? '', /which fits no image/);
    });
  }

  for (const glob of [
    '*',
    '**',
    '*/app',
    'ghcr.io*',
    '*.io/you/*',
    'ghcr.io/you-*',
    '*:5000/*',
    'localhost/app',
    '*-app',
  ]) {
    it(`${glob} is no error, as it can fit an image`, () => {
      const { problems } = readSignatureRules({ verify: [{ images: [glob], key: pem, line: 4 }] }, new Map());
      assert.deepEqual(problems, []);
    });
  }

  const broken: readonly { title: string; rule: object; why: RegExp }[] = [
    {
      title: 'a key file that is not there',
      rule: { key: 'keys/cosign.pub' },
      why: /there is no file "keys\/cosign\.pub"/,
    },
    { title: 'a key file outside of the repository', rule: { key: '../cosign.pub' }, why: /nor the path of a file/ },
    { title: 'a key without its first line', rule: { key: 'MFkwEwYH\nKoZIzj0CAQ==' }, why: /neither in PEM/ },
    { title: 'a tab in the path', rule: { key: 'keys/\tcosign.pub' }, why: /neither in PEM/ },
    { title: 'the whole repository', rule: { key: '.' }, why: /neither in PEM/ },
    { title: 'a large file', rule: { key: 'large.pub' }, why: /"large\.pub" is larger than 64 KiB/ },
    { title: 'a file without a key', rule: { key: 'empty.pub' }, why: /no public key in PEM/ },
    { title: 'a private key', rule: { key: secret }, why: /private key, which must stay secret/ },
    {
      title: 'a key that is none',
      rule: { key: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----' },
      why: /cannot be read/,
    },
    { title: 'an expression that is none', rule: { keyless: { issuer: 'i', identity: 'regexp:(' } }, why: /identity/ },
    {
      title: 'an expression that only fits when wrapped',
      rule: { keyless: { issuer: 'i', identity: 'regexp:a)|(?:b' } },
      why: /identity/,
    },
  ];
  for (const { title, rule, why } of broken) {
    it(`${title} is a problem at its line, and nobody can meet the rule`, () => {
      const files = new Map([
        ['empty.pub', 'nothing'],
        ['large.pub', undefined],
      ]);
      const { rules, problems } = readSignatureRules({ verify: [{ images: ['*'], line: 7, ...rule }] }, files);
      assert.equal(rules[0]?.signer.kind, 'nobody');
      assert.deepEqual(
        problems.map(({ severity, code, file, line }) => ({ severity, code, file, line })),
        [{ severity: 'error', code: 'INVALID_SETTINGS', file: '.weaveflux.yaml', line: 7 }],
      );
      assert.match(problems[0]?.message ?? '', why);
      assert.doesNotMatch(problems[0]?.message ?? '', /BEGIN/, 'a key is not repeated');
    });
  }

  it('a key is looked for only by what can be a path', () => {
    const keys = ['.', '/', '../a', 'a\nb', 'a\tb', './a//b/./c.pub\n'];
    const verify = keys.map((one) => ({ images: ['*'], key: one, line: 2 }));
    assert.deepEqual(keyFilesOf({ verify }), ['a/b/c.pub']);
  });

  it('may name a key by its path in the repository', () => {
    const settings = { verify: [{ images: ['*'], key: './keys/cosign.pub', line: 2 }] };
    assert.deepEqual(keyFilesOf(settings), ['keys/cosign.pub']);
    const { rules, problems } = readSignatureRules(settings, new Map([['keys/cosign.pub', pem]]));
    assert.deepEqual(problems, []);
    assert.deepEqual([rules[0]?.signer.kind, rules[0]?.by], ['key', 'the key keys/cosign.pub']);
  });
});
