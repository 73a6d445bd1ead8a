import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type JsonObject, listAt, manifestsOf, objectAt, parseFile, parseYamlValue, stringAt } from '@weaveflux/shared';
import fc from 'fast-check';
import { parseConfig } from '../config/config.ts';
import { leaseName } from '../targets/kubernetes/labels.ts';
import { type Choices, installOptions } from './choices.ts';
import { ENVIRONMENT_CRD } from './crd.ts';
import { installManifest, installObjects } from './manifest.ts';
import { operations } from './patches.ts';
import { printTree } from './print.ts';
import { scalar } from './scalar.ts';
import { plainStyle } from './styles.ts';
import type { Fields } from './tree.ts';
import { defaultOptions } from './values.ts';

const GIT_URL = 'git@git.example.com:shop/environment.git';

function install(choices: Choices = {}): { text: string; objects: JsonObject[] } {
  const options = installOptions({ gitUrl: GIT_URL, ...choices }, '1.2.3');
  return { text: installManifest(options), objects: installObjects(options) };
}

function parsed(text: string): JsonObject[] {
  const { manifests, problems } = manifestsOf(parseFile('install.yaml', text));
  assert.deepEqual(problems, []);
  return manifests.map(({ value }) => value);
}

function find(objects: readonly JsonObject[], kind: string, name = 'weaveflux'): JsonObject {
  const found = objects.find((object) => object.kind === kind && stringAt(object, ['metadata', 'name']) === name);
  assert.ok(found, `${kind} ${name}`);
  return found;
}

function argsOf(objects: readonly JsonObject[]): string[] {
  return listAt(find(objects, 'Deployment'), ['spec', 'template', 'spec', 'containers', 0, 'args']).map(String);
}

describe('the manifest', () => {
  const variants: Choices[] = [
    {},
    { overlays: ['ha', 'no-secrets'], args: ['--git-user=Ann "A" O\'Neil', '--registry-exclude-image=*/base:*,x'] },
    { overlays: ['namespaced', 'persistent'], allowNamespaces: ['shop', 'infra'], gitPaths: ['shop', 'infra/on'] },
    { environment: 'on', namespace: 'null', imagePullSecret: '1e3', overlays: ['cluster-admin', 'readonly'] },
  ];
  for (const choices of variants) {
    test(`as text says the same as its objects: ${JSON.stringify(choices)}`, () => {
      const { text, objects } = install(choices);
      assert.deepEqual(parsed(text), objects);
    });
  }

  test('has args that the agent takes, and says of each that a person edits what it is', () => {
    const { text, objects } = install();
    const [command, ...flags] = argsOf(objects);
    assert.equal(command, 'agent');
    const { config } = parseConfig(flags, {}, () => '');
    assert.deepEqual(
      [
        config.gitUrl,
        config.gitBranch,
        config.garbageCollection,
        config.k8sSecretName,
        config.k8sSecretVolumeMountPath,
      ],
      [GIT_URL, 'main', 'on', 'flux-git-deploy', '/etc/fluxd/ssh'],
    );
    const lines = text.split('\n').map((line) => line.trim());
    for (const flag of [
      '--git-url',
      '--git-branch',
      '--environment',
      '--sync-garbage-collection',
      '--k8s-secret-name',
    ]) {
      const at = lines.findIndex((line) => line.startsWith(`- ${flag}`));
      assert.match(lines[at - 1] ?? '', /^# \S/, flag);
    }
    for (const flag of ['--git-path=', '--registry-ecr-region=', '--registry-ecr-include-id=', '--ssh-known-hosts='])
      assert.ok(
        lines.some((line) => line.startsWith(`# - ${flag}`)),
        flag,
      );
    assert.ok(lines.findIndex((line) => line.startsWith('- --git-url')) < 50, 'the args are first in sight');
  });

  test('carries the environment in flag, label and Lease alike', () => {
    const { objects } = install({ environment: 'staging' });
    assert.ok(argsOf(objects).includes('--environment=staging'));
    const labels = objectAt(find(objects, 'Deployment'), ['spec', 'template', 'metadata', 'labels']);
    assert.equal(labels['weaveflux.dev/agent-environment'], 'staging');
    const names = listAt(find(objects, 'Role', 'weaveflux-agent'), ['rules']).flatMap((rule) =>
      listAt(rule, ['resourceNames']),
    );
    assert.ok(names.includes(leaseName('staging')));
  });

  test('mounts the Secret that the flags name, and gives rights on just that', () => {
    const { objects } = install({ secretName: 'my-key', secretKey: 'id_rsa' });
    assert.ok(argsOf(objects).includes('--k8s-secret-data-key=id_rsa'));
    const volumes = listAt(find(objects, 'Deployment'), ['spec', 'template', 'spec', 'volumes']);
    assert.deepEqual(objectAt(volumes[0], ['secret']), { secretName: 'my-key', optional: true, defaultMode: 0o400 });
    assert.match(JSON.stringify(find(objects, 'Role', 'weaveflux-agent')), /"resourceNames":\["my-key"\]/);
  });

  for (const choices of [{}, { overlays: ['namespaced'], allowNamespaces: ['shop'] }] satisfies Choices[])
    test(`in another namespace shares no object with the first: ${JSON.stringify(choices)}`, () => {
      const key = ({ kind, metadata }: JsonObject) =>
        [kind, stringAt(metadata, ['namespace']), stringAt(metadata, ['name'])].join(' ');
      const first = new Set(
        install(choices)
          .objects.filter(({ kind }) => kind !== 'CustomResourceDefinition')
          .map(key),
      );
      const { objects } = install({ ...choices, namespace: 'second' });
      assert.deepEqual(
        objects.map(key).filter((one) => first.has(one)),
        [],
      );
    });

  test('namespaced has nothing outside of namespaces, and a Role in each', () => {
    const { objects } = install({ overlays: ['namespaced'], allowNamespaces: ['shop', 'infra'] });
    for (const object of objects) assert.ok(stringAt(object, ['metadata', 'namespace']), String(object.kind));
    const roles = objects.filter(
      (object) => object.kind === 'Role' && stringAt(object, ['metadata', 'name']) === 'weaveflux',
    );
    assert.deepEqual(
      roles.map((role) => stringAt(role, ['metadata', 'namespace'])),
      ['shop', 'infra'],
    );
    assert.ok(argsOf(objects).includes('--k8s-allow-namespace=shop,infra'));
  });

  test('begins with what to do, as the variant has it', () => {
    const head = (choices: Choices) => install(choices).text.split('---')[0] ?? '';
    const one = installManifest(defaultOptions('1.2.3')).split('---')[0] ?? '';
    assert.match(one, /Edit the args .*--git-url.*names the deploy key.*wait environment\/default/s);
    assert.doesNotMatch(head({}), /Edit/);
    assert.doesNotMatch(head({ overlays: ['namespaced'], allowNamespaces: ['shop'] }), /environment\//);
    assert.match(head({ overlays: ['no-secrets'] }), /where there is no key/);
  });

  test('no-secrets names Secrets in no role', () => {
    const { objects } = install({ overlays: ['no-secrets'] });
    const roles = objects.filter(({ kind }) => /Role$/.test(String(kind)));
    assert.doesNotMatch(JSON.stringify(roles), /"secrets"/);
  });
});

describe('wrong choices are named', () => {
  const wrong: [Choices, RegExp][] = [
    [{ overlays: ['ha', 'persistent'] }, /ha and persistent, but two replicas/],
    [{ overlays: ['big'] }, /--overlay got "big"; it takes namespaced,/],
    [{ overlays: ['namespaced'] }, /--allow-namespace goes with --overlay namespaced/],
    [{ allowNamespaces: ['shop'] }, /--allow-namespace goes with --overlay namespaced/],
    [{ namespace: 'Weave' }, /a namespace got "Weave"/],
    [{ environment: 'a_b' }, /--environment got "a_b"/],
    [{ namespace: 'n'.repeat(40), environment: 'e'.repeat(40) }, /at most 63/],
    [{ image: '$(rm)' }, /--image got/],
    [{ args: ['--git-pol-interval=1m'] }, /did you mean --git-poll-interval/],
    [{ args: ['--sops'] }, /--sops is not supported yet/],
    [{ args: ['--environment', 'b'] }, /--environment stands in the manifests already; give --environment before "--"/],
    [{ args: ['--leader-election'] }, /give --overlay ha before/],
    [{ args: ['--listen-metrics=:80'] }, /the pod is made for that value/],
    [{ gitUrl: 'https://ann:hunter2@git.example.com/e.git' }, /--git-url holds a password/],
    [
      { gitUrl: 'https://ghp_hunter2@git.example.com/e.git' },
      /--git-url holds a user, which may be a token, .* Secret flux-git-deploy as "token"/,
    ],
  ];
  for (const [choices, message] of wrong)
    test(JSON.stringify(choices), () => {
      assert.throws(
        () => install(choices),
        (error: Error) => message.test(error.message) && !/hunter2/.test(error.message),
      );
    });
});

test('scalars stay strings, or numbers and booleans, for every reader of YAML', () => {
  for (const text of [
    'on',
    'no',
    '1e3',
    '0x1f',
    '12:30',
    '3031',
    '',
    ' a',
    'a: b',
    'a #b',
    '- a',
    '*',
    '&a',
    '{a',
    '"',
    '~',
    '2Gi',
    '--a=b:',
  ])
    assert.deepEqual(parsed(`apiVersion: v1\nkind: X\nmetadata: {name: x}\nvalue: ${scalar(text)}\n`)[0]?.value, text);
  assert.equal(scalar('on'), '"on"');
  assert.equal(scalar(3031), '3031');
});

test('the CRD names every field of the status and bounds what is listed', () => {
  const [version] = listAt(ENVIRONMENT_CRD as unknown as JsonObject, ['spec', 'versions']);
  const status = objectAt(version, ['schema', 'openAPIV3Schema', 'properties', 'status', 'properties']);
  assert.equal(objectAt(status, ['conditions'])['x-kubernetes-list-type'], 'map');
  assert.equal(objectAt(status, ['problems']).maxItems, 20);
  assert.doesNotMatch(JSON.stringify(version), /additionalProperties|\$schema|\$ref|anyOf/);
});

test('objects of others are printed as they are, whatever their keys and values', () => {
  const metadata = { name: 'x', annotations: { node: 'text', 'a b': 'l1\nl2', empty: '', none: null }, labels: {} };
  const object: JsonObject = {
    apiVersion: 'v1',
    kind: 'X',
    metadata,
    list: ['on', 'a, b', 1, true, null],
    objects: [{ a: [] }],
  };
  const text = printTree(object as never, plainStyle(defaultOptions(''))).join('\n');
  assert.deepEqual(parsed(text), [object]);
});

test('a patch appends to lists and takes away by index, from the end', () => {
  const rules = [1, 2, 3, 4];
  assert.deepEqual(operations({ rules, kept: true }, { rules: [1, 3, 5], kept: true, more: {} }), [
    { op: 'test', path: '/rules/3', value: 4 },
    { op: 'remove', path: '/rules/3' },
    { op: 'test', path: '/rules/1', value: 2 },
    { op: 'remove', path: '/rules/1' },
    { op: 'add', path: '/rules/-', value: 5 },
    { op: 'add', path: '/more', value: {} },
  ]);
  assert.deepEqual(operations({ 'a/b': { c: 1 } }, { 'a/b': { c: 2 } }), [
    { op: 'replace', path: '/a~1b/c', value: 2 },
  ]);
});

test('the default is the published image of this version', () => {
  assert.equal(defaultOptions('1.2.3').image, 'ghcr.io/weaveflux/weaveflux:1.2.3');
});

test('whatever a value holds, it is read as it was written', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '  a\nb',
      'a\nb\n',
      'a\r\nb',
      '\n',
      'a\n\n',
      'a\n  b\n c',
      'a\tb\nc',
      'a \nb',
      'Owned by the team ',
      'a\u007fb',
      'a\u0085b\nc',
      'a\u2028b',
      '\ufeffa',
      'a\ufeff\nb',
      'yes',
      '1.10',
      '~',
      '- a\nb',
    ),
    fc.array(fc.string(), { maxLength: 4 }).map((lines) => lines.join('\n')),
  );
  const items = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, texts, fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('map')),
    list: fc.array(tie('value'), { maxLength: 3 }),
    map: fc.dictionary(fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9./-]{0,8}$/), tie('value'), { maxKeys: 3 }),
  }));
  fc.assert(
    fc.property(items.map, (map) => {
      const text = printTree(map as Fields, plainStyle(defaultOptions('1.0.0'))).join('\n');
      assert.deepEqual(parseYamlValue(text) ?? {}, JSON.parse(JSON.stringify(map)), text);
      assert.doesNotMatch(text, /[\u007f-\u009f\u2028\u2029\ufeff]/, 'as kubectl reads it, too');
    }),
  );
});
