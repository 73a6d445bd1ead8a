import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { manifestsOf, parseFile } from '@weaveflux/shared';
import fc from 'fast-check';
import { fileText } from './testing.ts';
import { covered, read, SETTINGS, seen, WEB } from './testing-files.ts';

describe('reading a file', () => {
  it('tells of objects with the places of their images and annotations', () => {
    const source = read(WEB + SETTINGS);
    assert.deepEqual(seen(source), [
      '0 shop:deployment/web 1: web="reg.example.com/shop/web:1.4.2" side=reg.example.com/shop/side',
      '1 configmap/settings 19:',
    ]);
    const [web, settings] = source.manifests;
    assert.ok(web && settings);
    assert.equal(web.key, 'apps/Deployment/shop/web');
    assert.equal(covered(source.text, web.start), 'apiVersion: apps/v1');
    assert.equal(covered(source.text, settings.start), 'apiVersion: v1');
    assert.equal(web.images[0]?.image?.tag, '1.4.2');
    assert.equal(web.policies.containers.get('web')?.policy?.text, 'semver:~1.4');
    assert.equal(web.policies.automated, true);
    assert.deepEqual(
      web.annotations.map((it) => [covered(source.text, it.keyRange), covered(source.text, it.valueRange), it.value]),
      [
        ['weaveflux.dev/automated', '"true"', 'true'],
        ['weaveflux.dev/tag.web', 'semver:~1.4', 'semver:~1.4'],
      ],
    );
  });

  const layouts: [name: string, text: string, expected: string[], path?: string][] = [
    [
      'Windows line endings',
      (WEB + SETTINGS).replaceAll('\n', '\r\n'),
      [
        '0 shop:deployment/web 1: web="reg.example.com/shop/web:1.4.2" side=reg.example.com/shop/side',
        '1 configmap/settings 19:',
      ],
    ],
    [
      'JSON',
      JSON.stringify(
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { name: 'j' },
          spec: { template: { spec: { containers: [{ name: 'c', image: 'a:1' }] } } },
        },
        null,
        2,
      ),
      ['0 job/j 1: c="a:1"'],
      'job.json',
    ],
    [
      'a List, whose objects stand in one document',
      `apiVersion: v1\nkind: List\nitems:\n  - ${WEB.trim().replaceAll('\n', '\n    ')}\n  - {apiVersion: v1, kind: Secret, metadata: {name: s}}\n`,
      [
        '0 shop:deployment/web 4: web="reg.example.com/shop/web:1.4.2" side=reg.example.com/shop/side',
        '0 secret/s 20:',
      ],
    ],
    [
      'a value on lines of its own',
      'apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {template: {spec: {containers: [{name: c, image:\n  a:1}]}}}\n',
      ['0 job/j 1: c=a:1'],
    ],
    [
      'an image that is an alias, where the alias stands',
      'apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, annotations: {image: &i a:1}}\nspec:\n  template:\n    spec:\n      containers:\n        - name: c\n          image: *i\n',
      ['0 job/j 1: c=*i'],
    ],
    [
      'a byte order mark, which has no place in a line',
      '\uFEFF{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}',
      ['0 pod/p 1:'],
      'p.json',
    ],
  ];
  for (const [name, text, expected, path] of layouts) {
    it(`understands ${name}`, () => assert.deepEqual(seen(read(text, path)), expected));
  }

  it('lists what is wrong with objects at its line in the file', () => {
    const { problems } = read(`${WEB}---\nkind: Secret\napiVersion: v1\nmetadata: {}\n`);
    assert.deepEqual(
      problems.map(({ line, message }) => [line, message]),
      [[18, 'shop/web.yaml line 18: Secret has no metadata.name; add it.']],
    );
  });

  it('leaves out a file that is too large', () => {
    const source = read(WEB.repeat(5_000));
    assert.deepEqual([source.manifests, source.problems], [[], []]);
    assert.match(source.tooLarge ?? '', /^shop\/web\.yaml is larger than 1 MB/);
  });

  it('agrees with reading the whole file at once', () => {
    fc.assert(
      fc.property(fileText(), (text) => {
        const whole = parseFile('a.yaml', text);
        if (whole.problems.length > 0) return;
        const { manifests, problems } = manifestsOf(whole);
        const source = read(text, 'a.yaml');
        assert.deepEqual(source.problems, problems);
        assert.deepEqual(
          source.manifests.map(({ manifest }) => manifest),
          manifests,
        );
      }),
      { numRuns: 300 },
    );
  });
});
