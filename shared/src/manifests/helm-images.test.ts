import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { parseImage, withTag } from '../images/reference.ts';
import { isObject, type JsonObject } from '../json.ts';
import { parseFile } from '../yaml/documents.ts';
import { applyEdits } from '../yaml/edits.ts';
import { helmImages } from './helm-images.ts';
import { imageFields } from './workloads.ts';

const DIGEST = `sha256:${'d'.repeat(64)}`;

function release(values: string, annotations = ''): string {
  const indented = values.replace(/^(?=.)/gm, '    ');
  return `apiVersion: helm.fluxcd.io/v1\nkind: HelmRelease\nmetadata:\n  name: cart\n${annotations}spec:\n  values:\n${indented}`;
}

function read(text: string): JsonObject {
  const value = parseFile('a.yaml', text).documents[0]?.value;
  assert.ok(isObject(value));
  return value;
}

const mapped = (...lines: string[]): string => `  annotations:\n${lines.map((line) => `    ${line}\n`).join('')}`;

const cases: [name: string, text: string, container: string, image: string][] = [
  ['a whole reference', release('image: r.io/you/cart:1.0\n'), 'chart-image', 'r.io/you/cart:1.0'],
  ['a name and a tag', release('image: r.io/you/cart\ntag: "1.0" # kept\n'), 'chart-image', 'r.io/you/cart:1.0'],
  ['a registry and the rest', release('registry: r.io\nimage: you/cart:1.0\n'), 'chart-image', 'r.io/you/cart:1.0'],
  ['all three', release('registry: r.io\nimage: you/cart\ntag: v1.0\n'), 'chart-image', 'r.io/you/cart:v1.0'],
  [
    'a repository and a tag',
    release('image:\n  repository: r.io/you/cart\n  tag: 1.0-a\n'),
    'chart-image',
    'r.io/you/cart:1.0-a',
  ],
  [
    'a repository with its tag',
    release('image: {repository: "r.io/you/cart:1.0"}\n'),
    'chart-image',
    'r.io/you/cart:1.0',
  ],
  [
    'a registry, a repository and a tag',
    release('image: {registry: r.io, repository: you/cart, tag: "1.0"}\n'),
    'chart-image',
    'r.io/you/cart:1.0',
  ],
  [
    'one below the top',
    release("worker:\n  image:\n    repository: you/cart\n    tag: '1.0'\n"),
    'worker',
    'you/cart:1.0',
  ],
  [
    'a tag with its digest',
    release(`image: {repository: r.io/cart, tag: "1.0@${DIGEST}"}\n`),
    'chart-image',
    `r.io/cart:1.0@${DIGEST}`,
  ],
  [
    'a digest by itself',
    release(`image:\n  repository: r.io/cart\n  tag: "1.0"\n  digest: ${DIGEST}\n`),
    'chart-image',
    `r.io/cart:1.0@${DIGEST}`,
  ],
  [
    'paths that annotations name',
    release(
      'deep:\n  down: {name: you/cart, version: "1.0", host: r.io}\n',
      mapped(
        'repository.fluxcd.io/app: deep.down.name',
        'tag.fluxcd.io/app: deep.down.version',
        'registry.fluxcd.io/app: deep.down.host',
      ),
    ),
    'app',
    'r.io/you/cart:1.0',
  ],
  [
    'a path of a whole reference',
    release('a: {b: "you/cart:1.0"}\n', mapped('repository.fluxcd.io/app: a.b')),
    'app',
    'you/cart:1.0',
  ],
];

describe('an image in the values of a HelmRelease', () => {
  for (const [name, text, container, image] of cases) {
    it(`is read and edited as Flux v1 had it: ${name}`, () => {
      const { containers, faults } = helmImages(read(text));
      assert.deepEqual(faults, []);
      const [only, ...others] = containers;
      assert.deepEqual([only?.name, only?.image, others], [container, image, []]);
      assert.ok(only);
      const reference = parseImage(image);
      const digest = reference.digest === undefined ? undefined : `sha256:${'e'.repeat(64)}`;
      const to = parseImage(withTag(reference, 'v1.1', digest));
      const edits = imageFields(only, to).map((field) => ({ document: 0, ...field }));
      const after = applyEdits('a.yaml', text, edits);
      assert.equal(after, text.replace(reference.tag ?? '', 'v1.1').replace('d'.repeat(64), 'e'.repeat(64)));
      assert.equal(helmImages(read(after)).containers[0]?.image, to.text);
    });
  }

  it('comes in the order of Flux v1, and one that annotations name goes before one of its name that is found', () => {
    const values = 'worker: {image: "you/w:1"}\nimage: you/cart:1\nadmin: {image: "you/a:1"}\n';
    const { containers } = helmImages(read(release(values, mapped('repository.fluxcd.io/worker: admin.image'))));
    assert.deepEqual(
      containers.map(({ name, image }) => [name, image]),
      [
        ['chart-image', 'you/cart:1'],
        ['admin', 'you/a:1'],
        ['worker', 'you/a:1'],
      ],
    );
  });

  it('is none where no version is written, or deeper down', () => {
    for (const values of [
      'image: {repository: you/cart}\n',
      'image: you/cart\nimageTag: "1"\n',
      'image: {repository: you/cart, tag: ""}\n',
      'a: {b: {image: "you/cart:1"}}\n',
      'image: {tag: "1"}\n',
    ]) {
      assert.deepEqual(helmImages(read(release(values))), { containers: [], faults: [] }, values);
    }
  });
});

test('a tag that is a number, and annotations that lead nowhere, are faults with their path', () => {
  const number = helmImages(read(release('image: {repository: you/cart, tag: 1.10}\n')));
  assert.deepEqual(
    number.faults.map(({ path }) => path.join('.')),
    ['spec.values.image.tag'],
  );
  assert.match(number.faults[0]?.reason ?? '', /not a string but 1\.1; put it in quotes/);
  for (const annotation of ['repository.fluxcd.io/app: no.such', 'tag.fluxcd.io/app: image']) {
    const { containers, faults } = helmImages(read(release('a: you/cart:1\n', mapped(annotation))));
    assert.deepEqual(containers, []);
    assert.deepEqual(
      faults.map(({ path }) => path),
      [['metadata', 'annotations', annotation.split(':')[0]]],
    );
  }
});

test('a version in the name with a tag in a field of its own is a fault at the name', () => {
  for (const [values, path] of [
    ['image: r.io/you/cart:1.0\ntag: "1.0"\n', 'spec.values.image'],
    [`worker: {image: "r.io/you/cart@${DIGEST}", tag: "1.0"}\n`, 'spec.values.worker.image'],
    ['image: {registry: "r.io:5000", repository: you/cart:1.0, tag: "1.1"}\n', 'spec.values.image.repository'],
  ] as const) {
    const { containers, faults } = helmImages(read(release(values)));
    assert.deepEqual(containers, []);
    assert.deepEqual(
      faults.map((fault) => fault.path.join('.')),
      [path],
    );
    assert.match(faults[0]?.reason ?? '', /in the name and "1\.[01]" in a field of its own; leave one of them out$/);
  }
});

test('a tag in the name with a digest in a field of its own is a fault at the name', () => {
  const values = `image:\n  repository: r.io/you/cart:1.0\n  digest: ${DIGEST}\n`;
  const { containers, faults } = helmImages(read(release(values)));
  assert.deepEqual(containers, []);
  assert.deepEqual(
    faults.map(({ path }) => path.join('.')),
    ['spec.values.image.repository'],
  );
  assert.match(faults[0]?.reason ?? '', /^"r\.io\/you\/cart:1\.0" has its tag in the name and a digest /);
});
