import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFile } from '../yaml/documents.ts';
import { objectKey } from './identity.ts';
import { type Loaded, manifestsOf } from './load.ts';

function load(text: string, file = 'dir/a.yaml'): Loaded {
  return manifestsOf(parseFile(file, text));
}

const NAMED = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n';

describe('the manifests of a file', () => {
  it('are its documents with apiVersion and kind, with their place', () => {
    const { manifests, ignored, problems } = load(
      `# c\n---\nsome: thing\n---\n${NAMED}---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: b, namespace: prod}\n`,
    );
    assert.deepEqual(
      manifests.map((manifest) => [
        objectKey(manifest.id),
        manifest.apiVersion,
        manifest.file,
        manifest.line,
        manifest.document,
        manifest.at,
      ]),
      [
        ['/ConfigMap//a', 'v1', 'dir/a.yaml', 5, 1, []],
        ['apps/Deployment/prod/b', 'apps/v1', 'dir/a.yaml', 10, 2, []],
      ],
    );
    assert.deepEqual([ignored, problems], [1, []]);
    assert.deepEqual(manifests[0]?.value, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
  });

  const others: [name: string, text: string, file?: string][] = [
    ['package.json', '{"name": "x", "version": "1.0.0"}', 'package.json'],
    ['a dashboard', '{"panels": [], "kind": "dashboard", "apiVersion": 1}', 'dashboard.json'],
    ['a Helm chart', 'apiVersion: v2\nname: chart\n'],
    ['a kustomization', 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n'],
    ['a kustomize component', 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n'],
    ['a list', '- apiVersion: v1\n  kind: ConfigMap\n'],
    ['text', '"just text"\n'],
    ['an empty kind', 'apiVersion: v1\nkind: ""\n'],
  ];
  for (const [name, text, file] of others) {
    it(`are not: ${name}`, () => {
      const { manifests, ignored, problems } = load(text, file);
      assert.deepEqual([manifests.length, ignored, problems], [0, 1, []]);
    });
  }

  it("are the items of a v1 List, each with its own line, and Flux's Kustomization", () => {
    const text =
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: a}\n\n- apiVersion: kustomize.toolkit.fluxcd.io/v1\n  kind: Kustomization\n  metadata: {name: b}\n';
    const { manifests, ignored, problems } = load(text);
    assert.deepEqual(
      manifests.map(({ id, line, document, at }) => [id.name, line, document, at]),
      [
        ['a', 4, 0, ['items', 0]],
        ['b', 8, 0, ['items', 1]],
      ],
    );
    assert.deepEqual([ignored, problems], [0, []]);
  });

  it('are not the items of any other kind that is called a list', () => {
    const { manifests, problems } = load('apiVersion: example.com/v1\nkind: List\nmetadata: {name: x}\nitems:\n- a\n');
    assert.deepEqual([manifests.length, problems], [1, []]);
    assert.equal(load('apiVersion: v1\nkind: ConfigMapList\nmetadata: {name: x}\nitems: []\n').manifests.length, 1);
  });
});

describe('a manifest that cannot be applied', () => {
  const cases: [name: string, text: string, line: number, message: RegExp][] = [
    ['without metadata', 'a: 1\n---\napiVersion: v1\nkind: Pod\n', 3, /Pod has no metadata/],
    ['without a name', '# c\napiVersion: v1\nkind: Pod\nmetadata: {labels: {a: b}}\n', 2, /no metadata\.name/],
    [
      'with generateName',
      'apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n',
      1,
      /generateName.*each time.*metadata\.name/,
    ],
    [
      'with a number for a name',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: 123}\n',
      1,
      /metadata\.name that is not a string \(123\); quote it/,
    ],
    [
      'with a boolean for a namespace',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: on}\n',
      1,
      /metadata\.namespace that is not a string \(true\); quote it/,
    ],
    [
      'in a List without kind',
      'apiVersion: v1\nkind: List\nitems:\n- {a: 1}\n',
      4,
      /item 0 of the List has no apiVersion or kind/,
    ],
    [
      'in a List without a name',
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod}\n',
      4,
      /Pod has no metadata/,
    ],
  ];
  for (const [name, text, line, message] of cases) {
    it(`is a problem with its line: ${name}`, () => {
      const { manifests, problems } = load(`${text}---\n${NAMED}`);
      assert.deepEqual(
        manifests.map(({ id }) => id.name),
        ['a'],
      );
      assert.deepEqual(
        problems.map((problem) => [problem.severity, problem.code, problem.file, problem.line]),
        [['error', 'INVALID_MANIFEST', 'dir/a.yaml', line]],
      );
      assert.match(problems[0]?.message ?? '', message);
    });
  }

  it('passes on what the parsing says', () => {
    const { manifests, problems } = load(`${NAMED}---\na: [\n`);
    assert.equal(manifests.length, 0);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['INVALID_YAML'],
    );
  });
});
