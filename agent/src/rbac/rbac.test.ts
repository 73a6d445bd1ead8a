import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ImageSettings, manifestsOf, parseFile } from '@weaveflux/shared';
import { covers, type Rule, withoutCovered } from '../install/rules.ts';
import { rightsDocuments, rightsObjects } from './documents.ts';
import { needsOf } from './needs.ts';
import { type Rights, sharesOf } from './rights.ts';

const MANAGE = 'get list watch create patch delete';

/** Rights as lines: `namespace: group/resources verbs [names]`. */
function lines(rights: Rights): string[] {
  return [...rights].flatMap(([namespace, list]) =>
    list.map(({ rule: { apiGroups = [], resources = [], verbs, resourceNames = [] } }) =>
      [`${namespace}: ${apiGroups}/${resources}`, verbs.join(' '), ...resourceNames].join(' '),
    ),
  );
}

function shares(yaml: string, namespaced = false, images: ImageSettings = {}) {
  const { manifests } = manifestsOf(parseFile('a.yaml', yaml));
  const needs = needsOf({ manifests, markedFiles: new Set(), settings: { images } }, 'default');
  return { needs, ...sharesOf(needs, namespaced) };
}

function object(apiVersion: string, kind: string, namespace: string | undefined, rest = ''): string {
  const metadata = namespace === undefined ? '{name: x}' : `{name: x, namespace: ${namespace}}`;
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: ${metadata}\n${rest}---\n`;
}

const RBAC = 'rbac.authorization.k8s.io/v1';

describe('what a repository needs', () => {
  const cases: [name: string, yaml: string, cluster: string[], namespaced: string[]][] = [
    [
      'kinds of Kubernetes, in the cluster or where they are',
      object('v1', 'ConfigMap', 'shop') + object('v1', 'Secret', undefined) + object('v1', 'Namespace', undefined),
      [`: /configmaps,secrets,namespaces ${MANAGE}`],
      [`default: /secrets ${MANAGE}`, `shop: /configmaps ${MANAGE}`],
    ],
    [
      'kinds that its CRDs define, by their own plural and scope',
      object(
        'apiextensions.k8s.io/v1',
        'CustomResourceDefinition',
        undefined,
        'spec: {group: ex.io, scope: Cluster, names: {kind: Ox, plural: oxen}, versions: [{name: v1, served: true}]}\n',
      ) + object('ex.io/v1', 'Ox', undefined),
      [`: apiextensions.k8s.io/customresourcedefinitions ${MANAGE}`, `: ex.io/oxen ${MANAGE}`],
      [],
    ],
    [
      'what its roles give, where they give it, unless that is held anyway',
      object('v1', 'ConfigMap', 'shop') +
        object(
          RBAC,
          'Role',
          'shop',
          'rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}, {apiGroups: [""], resources: [pods], verbs: [get]}]\n',
        ),
      [`: /configmaps ${MANAGE}`, `: rbac.authorization.k8s.io/roles ${MANAGE}`, 'shop: /pods get'],
      [`shop: /configmaps ${MANAGE}`, `shop: rbac.authorization.k8s.io/roles ${MANAGE}`, 'shop: /pods get'],
    ],
    [
      'to bind just the role that it binds and does not hold',
      object(RBAC, 'RoleBinding', 'shop', 'roleRef: {apiGroup: x, kind: ClusterRole, name: view}\n'),
      [`: rbac.authorization.k8s.io/rolebindings ${MANAGE}`, 'shop: rbac.authorization.k8s.io/clusterroles bind view'],
      [
        `shop: rbac.authorization.k8s.io/rolebindings ${MANAGE}`,
        'shop: rbac.authorization.k8s.io/clusterroles bind view',
      ],
    ],
    [
      'the logins for images of every workload, automated or not, that is not ignored',
      object('apps/v1', 'Deployment', 'shop', 'spec: {template: {spec: {containers: [{name: a, image: b}]}}}\n') +
        object(
          'apps/v1',
          'Deployment',
          'plain',
          'spec: {template: {spec: {containers: [{name: a, image: b}]}}}\n',
        ).replace('{name: x,', '{name: web, annotations: {fluxcd.io/ignore: "true"},'),
      [`: apps/deployments ${MANAGE}`, 'shop: /secrets,serviceaccounts get'],
      [`plain: apps/deployments ${MANAGE}`, `shop: apps/deployments ${MANAGE}`, 'shop: /secrets,serviceaccounts get'],
    ],
    [
      'to see autoscalers where replicas are stated',
      object('apps/v1', 'Deployment', 'shop', 'spec: {replicas: 2}\n'),
      [`: apps/deployments ${MANAGE}`, ': autoscaling/horizontalpodautoscalers list'],
      [`shop: apps/deployments ${MANAGE}`, 'shop: autoscaling/horizontalpodautoscalers list'],
    ],
  ];
  for (const [name, yaml, cluster, namespaced] of cases) {
    test(name, () => {
      assert.deepEqual(lines(shares(yaml).repository), cluster);
      assert.deepEqual(lines(shares(yaml, true).repository), namespaced);
    });
  }

  test('a ClusterRole of the repository is given in the namespace where it is bound, by Roles too', () => {
    const yaml =
      object(RBAC, 'ClusterRole', undefined, 'rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]\n') +
      object(RBAC, 'RoleBinding', 'shop', 'roleRef: {apiGroup: x, kind: ClusterRole, name: x}\n');
    assert.ok(lines(shares(yaml, true).repository).includes('shop: /pods get'));
    assert.deepEqual(
      lines(shares(yaml).repository).filter((line) => line.includes('pods')),
      [': /pods get'],
    );
  });

  test('a ClusterRole whose rules no Role can hold is one that may be bound', () => {
    const binding = object(RBAC, 'RoleBinding', 'shop', 'roleRef: {apiGroup: x, kind: ClusterRole, name: x}\n');
    for (const role of [
      'rules: [{nonResourceURLs: [/metrics], verbs: [get]}, {apiGroups: [""], resources: [pods], verbs: [get]}]\n',
      'aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}\n',
    ]) {
      const { repository } = shares(object(RBAC, 'ClusterRole', undefined, role) + binding, true);
      assert.deepEqual(
        lines(repository).filter((line) => !line.includes('rolebindings')),
        ['shop: rbac.authorization.k8s.io/clusterroles bind x'],
      );
    }
  });

  test('the agent may list nodes where the settings or an annotation ask for their platforms, and no Role can allow it', () => {
    const plain = object(
      'apps/v1',
      'Deployment',
      'shop',
      'spec: {template: {spec: {containers: [{name: a, image: b}]}}}\n',
    );
    const asking = plain.replace('{name: x,', '{name: x, annotations: {weaveflux.dev/platform.a: nodes},');
    const nodes = ': /nodes list';
    const asked = (yaml: string, images?: ImageSettings) => lines(shares(yaml, false, images).agent).includes(nodes);
    assert.deepEqual([asked(plain), asked(plain, { platforms: 'nodes' }), asked(asking)], [false, true, true]);
    const { agent, left } = shares(asking, true);
    assert.ok(!lines(agent).some((line) => line.includes('nodes')));
    assert.match(left.join(), /^Outside of namespaces, so no Role can allow it: to list nodes/);
  });

  test('what no Role can allow is said', () => {
    const { left } = shares(object('v1', 'Namespace', undefined) + object('v1', 'ConfigMap', 'shop'), true);
    assert.deepEqual(left, ['Outside of namespaces, so no Role can allow it: Namespace.']);
  });

  test('a kind that nobody knows is guessed and named with its place', () => {
    const { needs, repository } = shares(
      object('ex.io/v1', 'RetryPolicy', 'shop') + object('ex.io/v1', 'Gas', undefined),
    );
    assert.deepEqual(lines(repository), [`: ex.io/retrypolicies,gases ${MANAGE}`]);
    assert.deepEqual(
      needs.guessed.map(({ row, line }) => [row.plural, row.namespaced, line]),
      [
        ['retrypolicies', true, 1],
        ['gases', false, 5],
      ],
    );
  });

  test('for two agents, no object but the account and its own role is of both', () => {
    const { needs } = shares(object('v1', 'ConfigMap', 'shop'), true);
    for (const account of [undefined, { namespace: 'shop', name: 'deployer' }]) {
      const names = (namespace: string) =>
        rightsObjects(rightsDocuments(needs, { namespace, namespaced: true, account })).map(({ kind, metadata }) =>
          JSON.stringify([kind, metadata]),
        );
      const first = names('weaveflux').filter((name) => !/deployer/.test(name));
      assert.ok(first.length > 0);
      assert.deepEqual(
        names('second').filter((name) => first.includes(name)),
        [],
      );
    }
  });

  test('a role that gives everything is named', () => {
    const all = 'rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]\n';
    const remarks = (yaml: string, namespaced = false) =>
      rightsDocuments(shares(yaml, namespaced).needs, { namespace: 'weaveflux', namespaced, account: undefined })
        .remarks;
    assert.match(
      remarks(object(RBAC, 'ClusterRole', undefined, all)).join(),
      /ClusterRole x .* administrator of the cluster/,
    );
    assert.match(remarks(object(RBAC, 'Role', 'shop', all), true).join(), /Role x .* administrator of namespace shop/);
    assert.deepEqual(remarks(object(RBAC, 'Role', 'shop', 'rules: []\n')), []);
  });

  test('an aggregating role is left to an administrator', () => {
    const { left } = shares(object(RBAC, 'ClusterRole', undefined, 'aggregationRule: {clusterRoleSelectors: []}\n'));
    assert.deepEqual(left, ['ClusterRole x collects others: only an administrator may apply it.']);
  });
});

describe('rules', () => {
  const rule = (resources: string, verbs: string, resourceNames?: string[]): Rule => ({
    apiGroups: [''],
    resources: resources.split(' '),
    verbs: verbs.split(' '),
    ...(resourceNames === undefined ? {} : { resourceNames }),
  });
  const cases: [Rule, Rule, boolean][] = [
    [rule('a b', 'get list'), rule('a', 'get'), true],
    [rule('a', 'get'), rule('a b', 'get'), false],
    [rule('*', '*'), rule('a', 'get', ['x']), true],
    [rule('a', 'get', ['x']), rule('a', 'get'), false],
    [rule('a', 'get', ['x', 'y']), rule('a', 'get', ['x']), true],
    [{ ...rule('a', 'get'), apiGroups: ['apps'] }, rule('a', 'get'), false],
    [rule('a', 'get'), { nonResourceURLs: ['/metrics'], verbs: ['get'] }, false],
  ];
  for (const [held, asked, expected] of cases)
    test(`${JSON.stringify(held)} covers ${JSON.stringify(asked)}: ${expected}`, () => {
      assert.equal(covers(held, asked), expected);
    });

  test('of equal rules the first stays', () => {
    const [first, second, narrow] = [rule('a', 'get list'), rule('a', 'get list'), rule('a', 'get')];
    assert.deepEqual(withoutCovered([narrow, first, second]), [first]);
  });
});
