import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findCredentials } from './credentials.ts';
import { parsePlace } from './place.ts';

const password = (username: string) => ({ username, password: `${username}-pw` });
const found = (texts: string[], name: string) => findCredentials(texts, parsePlace(name)).found;
const config = (auths: Record<string, unknown>) => JSON.stringify({ auths });

function usersFor(auths: Record<string, unknown>, name: string): string[] {
  return found([config(auths)], name).map((credential) => (credential.kind === 'password' ? credential.username : ''));
}

for (const key of [
  'https://index.docker.io/v1/',
  'http://index.docker.io/v2/',
  'index.docker.io',
  'docker.io',
  'https://docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
]) {
  test(`Docker Hub is meant by ${key}`, () => {
    assert.deepEqual(usersFor({ [key]: password('hub') }, 'index.docker.io/library/nginx'), ['hub']);
  });
}

const matches: [key: string, name: string, fits: boolean][] = [
  ['ghcr.io', 'ghcr.io/a/b', true],
  ['https://GHCR.io/', 'ghcr.io/a/b', true],
  ['https://ghcr.io/v2/', 'ghcr.io/a/b', true],
  ['ghcr.io:443', 'ghcr.io/a/b', true],
  ['ghcr.io/a', 'ghcr.io/a/b', true],
  ['https://ghcr.io/a/b', 'ghcr.io/a/b', true],
  ['ghcr.io/v2/a', 'ghcr.io/a/b', true],
  ['ghcr.io/a', 'ghcr.io/ab/c', false],
  ['ghcr.io', 'evil-ghcr.io/a/b', false],
  ['ghcr.io', 'ghcr.io.evil.com/a/b', false],
  ['ghcr.io', 'ghcr.io:8443/a/b', false],
  ['localhost', 'localhost:5000/a', false],
  ['localhost:5000', 'localhost:5000/a', true],
  ['*.azurecr.io', 'team.azurecr.io/a', true],
  ['*.azurecr.io', 'a.b.azurecr.io/a', false],
  ['reg*.example.com', 'reg7.example.com/a', true],
  ['*', 'ghcr.io/a/b', false],
  ['', 'ghcr.io/a/b', false],
];

for (const [key, name, fits] of matches) {
  test(`the entry "${key}" is ${fits ? '' : 'not '}for ${name}`, () => {
    assert.deepEqual(usersFor({ [key]: password('u') }, name), fits ? ['u'] : []);
  });
}

test('the longest path is tried first, a pattern last; the texts keep their order', () => {
  const auths = {
    '*.io': password('pattern'),
    'ghcr.io': password('host'),
    'ghcr.io/a/b': password('repo'),
    'ghcr.io/a': password('owner'),
  };
  assert.deepEqual(usersFor(auths, 'ghcr.io/a/b'), ['repo', 'owner', 'host', 'pattern']);
  const texts = [config({ 'ghcr.io': password('first') }), config({ 'ghcr.io/a/b': password('second') })];
  assert.deepEqual(
    found(texts, 'ghcr.io/a/b').map((each) => each.kind === 'password' && each.username),
    ['first', 'second'],
  );
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const entries: [what: string, entry: unknown, expected: unknown][] = [
  ['auth', { auth: base64('u:p:q') }, { kind: 'password', username: 'u', password: 'p:q' }],
  [
    'auth before username',
    { auth: base64('u:p'), username: 'x', password: 'y' },
    { kind: 'password', username: 'u', password: 'p' },
  ],
  ['auth without colon', { auth: base64('nonsense') }, undefined],
  ['an identity token', { auth: base64('u:'), identitytoken: 't' }, { kind: 'identity', token: 't' }],
  ['an identity token as password', { username: '<token>', password: 't' }, { kind: 'identity', token: 't' }],
  ['a registry token', { registrytoken: 't' }, { kind: 'registry', token: 't' }],
  ['nothing', {}, undefined],
  ['something else', 7, undefined],
];

for (const [what, entry, expected] of entries) {
  test(`an entry with ${what}`, () => {
    assert.deepEqual(found([config({ 'r.io': entry })], 'r.io/a')[0], expected);
  });
}

test('the older .dockercfg form is read, and what is no JSON is counted without being told', () => {
  assert.equal(found([JSON.stringify({ 'r.io': password('old') })], 'r.io/a').length, 1);
  assert.deepEqual(findCredentials(['s3cret', '[]', 'null'], parsePlace('r.io/a')), { found: [], unreadable: 3 });
});
