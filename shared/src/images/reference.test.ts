import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectiveTag, isTag, parseImage, tryParseImage, withTag } from './reference.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

const understood: { text: string; name: string; canonical: string; tag?: string; digest?: string }[] = [
  { text: 'nginx', name: 'nginx', canonical: 'index.docker.io/library/nginx' },
  { text: 'nginx:1.27', name: 'nginx', canonical: 'index.docker.io/library/nginx', tag: '1.27' },
  { text: 'a', name: 'a', canonical: 'index.docker.io/library/a' },
  { text: 'library/nginx:1', name: 'library/nginx', canonical: 'index.docker.io/library/nginx', tag: '1' },
  { text: 'docker.io/nginx:1', name: 'docker.io/nginx', canonical: 'index.docker.io/library/nginx', tag: '1' },
  { text: 'index.docker.io/a/b', name: 'index.docker.io/a/b', canonical: 'index.docker.io/a/b' },
  { text: 'team/app:v1', name: 'team/app', canonical: 'index.docker.io/team/app', tag: 'v1' },
  { text: 'a/b/c:1', name: 'a/b/c', canonical: 'index.docker.io/a/b/c', tag: '1' },
  { text: 'localhost/app', name: 'localhost/app', canonical: 'localhost/app' },
  { text: 'localhost:5000/app', name: 'localhost:5000/app', canonical: 'localhost:5000/app' },
  { text: 'localhost:5000', name: 'localhost', canonical: 'index.docker.io/library/localhost', tag: '5000' },
  {
    text: '127.0.0.1:5000/team/app:1.0',
    name: '127.0.0.1:5000/team/app',
    canonical: '127.0.0.1:5000/team/app',
    tag: '1.0',
  },
  { text: '[::1]:5000/app:2', name: '[::1]:5000/app', canonical: '[::1]:5000/app', tag: '2' },
  { text: 'ghcr.io/o/r/deep/er:x', name: 'ghcr.io/o/r/deep/er', canonical: 'ghcr.io/o/r/deep/er', tag: 'x' },
  { text: 'REGISTRY/app:1', name: 'REGISTRY/app', canonical: 'REGISTRY/app', tag: '1' },
  { text: 'a__b/c-d.e---f', name: 'a__b/c-d.e---f', canonical: 'index.docker.io/a__b/c-d.e---f' },
  { text: `nginx@${DIGEST}`, name: 'nginx', canonical: 'index.docker.io/library/nginx', digest: DIGEST },
  { text: `r.io:443/a:1@${DIGEST}`, name: 'r.io:443/a', canonical: 'r.io:443/a', tag: '1', digest: DIGEST },
];

for (const { text, name, canonical, tag, digest } of understood) {
  test(`"${text}" is understood`, () => {
    const reference = parseImage(text);
    assert.deepEqual(
      [reference.text, reference.name, reference.canonicalName, reference.tag, reference.digest],
      [text, name, canonical, tag, digest],
    );
    assert.equal(`${reference.registry}/${reference.repository}`, canonical);
  });
}

const refused: [text: string, says: RegExp][] = [
  ['', /no name/],
  ['Nginx', /"Nginx" is no part/],
  ['nginx:', /tag ""/],
  ['nginx:a b', /tag "a b"/],
  ['nginx:-x', /tag "-x"/],
  [`nginx:${'x'.repeat(129)}`, /up to 128/],
  ['/nginx', /no part/],
  ['nginx/', /no part/],
  ['a//b', /no part/],
  ['a___b', /no part/],
  ['-a/b', /no part/],
  ['a:1:2', /no part|no registry/],
  ['http://r.io/app', /no registry host/],
  ['r.io:port/app', /no registry host/],
  ['r.io:5000/', /no name/],
  ['nginx@sha256:abc', /digest "sha256:abc"/],
  ['nginx@', /digest ""/],
  [`nginx@${DIGEST.toUpperCase()}`, /digest/],
  ['{{ .Values.image }}', /no part|tag/],
  ['a'.repeat(256), /longer than 255/],
];

for (const [text, says] of refused) {
  test(`"${text.slice(0, 40)}" is refused with the reason`, () => {
    assert.throws(() => parseImage(text), { name: 'WeavefluxError', code: 'INVALID_MANIFEST', message: says });
    assert.equal(tryParseImage(text), undefined);
  });
}

test('another tag keeps the name as it is written', () => {
  assert.equal(withTag(parseImage('nginx'), '2'), 'nginx:2');
  assert.equal(withTag(parseImage('docker.io/nginx:1'), '2'), 'docker.io/nginx:2');
  assert.equal(withTag(parseImage('localhost:5000/a/b:1'), '2'), 'localhost:5000/a/b:2');
  assert.equal(withTag(parseImage('nginx:1'), '2', DIGEST), `nginx:2@${DIGEST}`);
  assert.throws(() => withTag(parseImage('nginx'), 'not a tag'), { code: 'INVALID_MANIFEST' });
});

test('a digest is never left beside a tag that it does not belong to', () => {
  const pinned = parseImage(`nginx:1@${DIGEST}`);
  assert.throws(() => withTag(pinned, '2'), { code: 'NEEDS_RELEASE', message: /by digest/ });
  assert.equal(withTag(pinned, '2', 'sha256:new'), 'nginx:2@sha256:new');
});

test('a bare name stands for latest, a digest alone for no tag', () => {
  assert.equal(effectiveTag(parseImage('nginx')), 'latest');
  assert.equal(effectiveTag(parseImage('nginx:1')), '1');
  assert.equal(effectiveTag(parseImage(`nginx@${DIGEST}`)), undefined);
  assert.ok(isTag('_1.2-x') && !isTag('.x') && !isTag('1+2'));
});
